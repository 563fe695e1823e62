import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openDelivery } from './deliver-parts.ts'
import { openPartMaker } from './part-maker.ts'

test('a part that could not be made is not said to wait for the workspace', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'airlock-delivery-'))
  const warnings: string[] = []
  const log = { info: () => {}, error: () => {}, warn: (_: object, message: string) => void warnings.push(message) }
  const delivery = openDelivery({
    ...{
      project: 'p',
      deployment: 'd',
      log,
      maker: openPartMaker(new Uint8Array(32)),
      isUrgent: () => false,
      onLost: () => {},
    },
    contact: () => Promise.reject(new Error('Nobody asks the workspace.')),
  })
  try {
    delivery.add({ id: 'a', path: join(dir, 'gone.wal'), rows: 1, sizeBytes: 1 })
    await expect.poll(() => warnings, { timeout: 5_000 }).not.toEqual([])
    expect(warnings[0]).toContain('could not be made')
  } finally {
    await delivery.close(0)
    await rm(dir, { recursive: true, force: true })
  }
})
