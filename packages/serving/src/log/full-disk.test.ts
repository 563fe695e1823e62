import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DeploymentSettings } from '@airlock-ml/contract'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { answered, newId } from '../../test/answered.ts'
import { openPartsDesk, type PartsDesk } from '../../test/parts-desk.ts'
import { canMount, mountSmallDisk, type SmallDisk } from '../../test/small-disk.ts'
import { openPredictionLog } from './open-prediction-log.ts'

let folder: string
let disk: SmallDisk | undefined
let desk: PartsDesk
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'airlock-full-disk-'))
  if (canMount) disk = await mountSmallDisk(join(folder, 'disk'))
  desk = await openPartsDesk()
})
afterEach(async () => {
  await desk.close()
  disk?.unmount()
  await rm(folder, { recursive: true })
})

test.skipIf(!canMount)(
  'on a full disk a durable log refuses and another counts, and what was recorded before and after is whole',
  async () => {
    let durable = true
    desk.isAway = true
    const log = await openPredictionLog({
      ...{ dir: join(folder, 'disk/log'), project: 'p', deployment: 'd', inputsKey: new Uint8Array(32), newId },
      ...{ contact: desk.contact, log: { info: () => {}, warn: () => {}, error: () => {} } },
      settings: () => DeploymentSettings.parse({ log: { durable, partSeconds: 0.5 } }).log,
    })
    const recorded: string[] = []
    const record = async () => {
      const batch = answered(100)
      await log.observe(batch)
      recorded.push(...batch.ids)
    }
    await record()
    const empty = await disk!.fill()
    const refused = await Promise.allSettled(Array.from({ length: 5 }, record))
    for (const each of refused)
      expect(each).toMatchObject({
        status: 'rejected',
        reason: { code: 'prediction_not_recorded', message: expect.stringContaining('no space left') },
      })
    durable = false
    log.observe(answered(100))
    await vi.waitFor(() => expect(log.counts().logLost).toBe(100))
    await empty()
    durable = true
    await record()
    desk.isAway = false
    await vi.waitFor(() => expect(log.counts().logWaiting).toBe(0), 10_000)
    expect((await desk.ids()).sort()).toEqual(recorded.sort())
    await log.close()
  },
  20_000,
)
