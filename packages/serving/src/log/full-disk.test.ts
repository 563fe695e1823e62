import { execFileSync, spawnSync } from 'node:child_process'
import { statfsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DeploymentSettings } from '@airlock-ml/contract'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { answered, newId } from '../../test/answered.ts'
import { openPartsDesk, type PartsDesk } from '../../test/parts-desk.ts'
import { openPredictionLog } from './open-prediction-log.ts'

// A disk that can be filled takes a file system of its own, which only root may mount, and only on Linux.
const canMount =
  process.platform === 'linux' &&
  process.getuid?.() === 0 &&
  spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0

let folder: string
let disk: string
let desk: PartsDesk
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'airlock-full-disk-'))
  disk = join(folder, 'disk')
  await mkdir(disk)
  if (canMount) execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk])
  desk = await openPartsDesk()
})
afterEach(async () => {
  await desk.close()
  if (canMount) execFileSync('umount', [disk])
  await rm(folder, { recursive: true })
})

async function fill(): Promise<() => Promise<void>> {
  const { bavail, bsize } = statfsSync(disk)
  const file = join(disk, 'filler')
  await writeFile(file, Buffer.alloc(bavail * bsize))
  return () => rm(file)
}

test.skipIf(!canMount)(
  'on a full disk a durable log refuses and another counts, and what was recorded before and after is whole',
  async () => {
    let durable = true
    desk.isAway = true
    const log = await openPredictionLog({
      ...{ dir: join(disk, 'log'), project: 'p', deployment: 'd', inputsKey: new Uint8Array(32), newId },
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
    const empty = await fill()
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
