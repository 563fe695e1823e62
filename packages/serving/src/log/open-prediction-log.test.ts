import { fork } from 'node:child_process'
import { createDecipheriv, createHmac } from 'node:crypto'
import { once } from 'node:events'
import { appendFile, mkdtemp, readdir, readFile, rm, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DeploymentSettings } from '@airlock-ml/contract'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { answered, newId, version } from '../../test/answered.ts'
import { openPartsDesk, type PartsDesk } from '../../test/parts-desk.ts'
import { openPredictionLog, type PredictionLog, type PredictionLogOptions } from './open-prediction-log.ts'

const inputsKey = Buffer.alloc(32, 7)
const silent = { info: () => {}, warn: () => {}, error: () => {} }
const settingsOf = (over: Partial<DeploymentSettings['log']>) => DeploymentSettings.parse({ log: over }).log
let dir: string
let desk: PartsDesk
let logs: PredictionLog[]
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'airlock-prediction-log-'))
  desk = await openPartsDesk()
  logs = []
})
afterEach(async () => {
  await Promise.all(logs.map((log) => log.close(0)))
  await desk.close()
  await rm(dir, { recursive: true })
})

async function open(
  over: Partial<DeploymentSettings['log']> = {},
  more: Partial<PredictionLogOptions> = {},
): Promise<PredictionLog> {
  const settings = settingsOf({ partRows: 100, partSeconds: 0.1, ...over })
  const log = await openPredictionLog({
    ...{ dir, project: 'p', deployment: 'd', settings: () => settings, inputsKey, newId, log: silent },
    contact: desk.contact,
    ...more,
  })
  logs.push(log)
  return log
}
const delivered = (log: PredictionLog) => vi.waitFor(() => expect(log.counts().logWaiting).toBe(0), 5_000)

test('predictions become a Parquet part, by id, with all that was asked and answered', async () => {
  const log = await open()
  const [first, second] = [answered(3), answered(2, { role: 'shadow' })]
  await log.observe(second)
  await log.observe({ ...first, keys: ['k', null, 'ü'] })
  await delivered(log)
  const [table] = await desk.tables()
  expect(table?.column('id').values).toEqual([...first.ids, ...second.ids])
  expect(table?.toRows()[2]).toEqual({
    ...{ id: first.ids[2], at: first.receivedAtMs[2], latency_us: 102, role: 'champion' },
    ...{ version_number: 3, version_digest: version.digest, key: 'ü', subject: null, inputs_hmac: null },
    ...{ label: 'no', sealed: null, 'feature.a': 2, 'feature.b': 2.5, 'probability.no': 1, 'probability.yes': 0 },
  })
  expect(table?.toRows()[4]).toMatchObject({ role: 'shadow', label: 'yes', 'probability.yes': 0.75 })
  expect(log.counts()).toEqual({ logged: 5, logWaiting: 0, logLost: 0 })
  expect(await readdir(dir)).toEqual([])
})

test('hashed inputs are on no disk in the clear, and left out they are nowhere', async () => {
  const hashing = await open({ inputs: 'hashed', partSeconds: 600 })
  hashing.observe(answered(2, { features: Float32Array.of(1, 2, 123.456, 4) }))
  await vi.waitFor(() => expect(hashing.counts().logged).toBe(2))
  const [segment] = await readdir(dir)
  const bytes = await readFile(join(dir, segment!))
  expect(bytes.includes(Buffer.from(Float32Array.of(123.456).buffer))).toBe(false)
  await hashing.close()
  const expected = createHmac('sha256', inputsKey)
    .update(Buffer.from(Float32Array.of(123.456, 4).buffer))
    .digest('hex')
  expect((await desk.tables())[0]?.toRows()[1]).toMatchObject({
    inputs_hmac: expected,
    'feature.a': null,
    label: 'yes',
  })

  const leaving = await open({ inputs: 'left-out' })
  leaving.observe(answered(1))
  await delivered(leaving)
  const row = (await desk.tables())[1]?.toRows()[0]
  expect(row).toMatchObject({ inputs_hmac: null, 'feature.a': null, label: 'no' })
})

test('what is about a subject is encrypted under a key of its own', async () => {
  const log = await open()
  const batch = answered(3, { subjects: ['ann', null, 'ben'], keys: ['k', 'k', null] })
  log.observe(batch)
  await delivered(log)
  const rows = (await desk.tables())[0]!.toRows() as Record<string, string>[]
  expect(rows[1]).toMatchObject({ subject: null, sealed: null, label: 'yes' })
  expect(rows[0]).toMatchObject({ label: null, key: null, 'feature.a': null, 'probability.no': null })
  const { subjects } = desk.parts[0]!
  const ann = subjects.find(({ subject }) => subject === rows[0]!.subject)!
  expect(ann.subject).toBe(createHmac('sha256', inputsKey).update('ann').digest('hex'))
  const open_ = (key: string, id: string) => {
    const sealed = Buffer.from(rows[0]!.sealed!, 'base64')
    const decipher = createDecipheriv('aes-256-gcm', Buffer.from(key, 'base64'), sealed.subarray(0, 12))
    decipher.setAAD(Buffer.from(id)).setAuthTag(sealed.subarray(-16))
    return JSON.parse(Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]).toString())
  }
  expect(open_(ann.key, batch.ids[0]!)).toEqual({
    ...{ key: 'k', inputs: { a: 0, b: 0.5 }, inputsHmac: null, label: 'no', probabilities: { no: 1, yes: 0 } },
  })
  expect(() => open_(ann.key, batch.ids[1]!)).toThrow()
  const ben = subjects.find(({ subject }) => subject === rows[2]!.subject)!
  expect(() => open_(ben.key, batch.ids[0]!)).toThrow()
})

test('parts wait while the workspace is away, up to the budget; what is beyond is lost and counted, or refused', async () => {
  desk.isAway = true
  const log = await open({ partRows: 100 }, { budgetBytes: 20_000 })
  for (let i = 0; i < 10; i++) log.observe(answered(50))
  await vi.waitFor(() => expect(log.counts().logged + log.counts().logLost).toBe(500))
  const { logged, logLost } = log.counts()
  expect(logLost).toBeGreaterThan(0)
  expect(logged).toBeGreaterThan(100)
  expect(log.counts().logWaiting).toBe(logged)
  await log.close(0)

  const durable = await open({ durable: true }, { budgetBytes: 20_000 })
  await expect(durable.observe(answered(50))).rejects.toMatchObject({ code: 'prediction_not_recorded' })
  expect(durable.counts().logLost).toBe(0)
  desk.isAway = false
  await delivered(durable)
  expect(new Set(await desk.ids()).size).toBe(logged)
  await durable.observe(answered(50))
})

test('killed under load, no acknowledged prediction is missing, and each is there once', async () => {
  const acknowledged: string[] = []
  for (let lap = 0; lap < 2; lap++) {
    const child = fork(new URL('../../test/durable-log.child.ts', import.meta.url), [dir], {
      execArgv: process.execArgv,
    })
    child.on('message', (ids: string[]) => void acknowledged.push(...ids))
    await vi.waitFor(() => expect(acknowledged.length).toBeGreaterThan(1_500 * (lap + 1)), 20_000)
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  await delivered(await open())
  const ids = await desk.ids()
  expect(new Set(ids).size).toBe(ids.length)
  expect(acknowledged.filter((id) => !ids.includes(id))).toEqual([])
}, 30_000)

test('a record that was cut off is told from a whole one, and so is one that was changed', async () => {
  desk.isAway = true
  const log = await open({ partSeconds: 600 })
  const batches = [answered(5), answered(5)]
  for (const batch of batches) {
    log.observe(batch)
    await vi.waitFor(() => expect(log.counts().logWaiting - log.counts().logged).toBe(0))
  }
  await log.close(0)
  const [name] = await readdir(dir)
  const path = join(dir, name!)
  const size = (await readFile(path)).length
  await truncate(path, size - 3)
  const warnings: object[] = []
  desk.isAway = false
  await delivered(await open({}, { log: { ...silent, warn: (fields) => void warnings.push(fields) } }))
  expect(await desk.ids()).toEqual(batches[0]!.ids)
  expect(warnings).toEqual([{ segment: expect.any(String), tornBytes: expect.any(Number) }])

  desk.isAway = true
  const again = await open({ partSeconds: 600 })
  again.observe(answered(2))
  await again.close(0)
  const [other] = await readdir(dir)
  await appendFile(join(dir, other!), Buffer.from([9, 0, 0, 0, 1, 2, 3, 4, 2, 0, 0, 0, 0, 0, 0, 0, 0]))
  desk.isAway = false
  await delivered(await open())
  expect(await desk.ids()).toHaveLength(7)
})

test('a segment that was registered before a kill is not registered twice', async () => {
  desk.isAway = true
  const log = await open()
  log.observe(answered(4))
  await log.close(0)
  const [name] = await readdir(dir)
  const kept = await readFile(join(dir, name!))
  desk.isAway = false
  await delivered(await open())
  await appendFile(join(dir, name!), kept)
  await delivered(await open())
  expect(await desk.ids()).toHaveLength(4)
})
