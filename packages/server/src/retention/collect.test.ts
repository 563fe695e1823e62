import { readFile, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { SnapshotSpec } from '@airlock-ml/contract'
import { expect, test } from 'vitest'
import { editDatabase } from '../../test/edit-database.ts'
import { promotionDesk } from '../../test/promotion-desk.ts'
import { freshWorkspaces } from '../../test/shared-workspaces.ts'
import { stoppedClock } from '../../test/stopped-clock.ts'
import { trainModel } from '../../test/trained-model.ts'
import { model, project, runTraining, sha256, stageAndExport, trainingSpec, upload } from '../../test/two-workspaces.ts'

const trained = trainModel({ seed: 1, trees: 3 })
const clock = stoppedClock()
const both = freshWorkspaces({ now: clock.now })
const { dev } = both

const DAY_MS = 86_400_000
const collect = (body: { dryRun?: boolean; olderThanSeconds?: number } = {}, at = dev) =>
  at.root('collectArtifacts', { project, body })
const check = (at = dev) => at.root('checkWorkspace', {})
const blobFile = (digest: string, { dir } = dev) => join(dir, 'artifacts', 'blobs', digest.slice(0, 2), digest)
const isStored = (digest: string, at = dev) =>
  stat(blobFile(digest, at)).then(
    () => true,
    () => false,
  )
const age = async (digest: string, at = dev) => {
  const then = Date.now() / 1000 - 2 * 3_600
  await utimes(blobFile(digest, at), then, then)
}
const edit = (sql: string, at = dev) => editDatabase(at, sql)
async function store(text: string): Promise<string> {
  const digest = await upload(dev.root, Buffer.from(text))
  await age(digest)
  return digest
}
async function register(name: string, text: string, tags: string[] = []) {
  const digest = await store(text)
  return dev.root('registerArtifact', { project, body: { name, type: 'text', digest, tags } })
}

/** One step that makes text, in a run of its own. */
const specOf = (inputs: SnapshotSpec['steps'][number]['inputs'] = {}, name = 'plain'): SnapshotSpec => ({
  ...trainingSpec(),
  pipeline: name,
  parameters: {},
  model: null,
  steps: [{ name: 'make', inputs, outputs: { text: { type: 'text' } }, parameters: {}, cache: true }],
})
async function begin(spec = specOf()) {
  const snapshot = await dev.root('createSnapshot', { project, body: spec })
  const { run, lease } = await dev.root('startRun', { project, body: { snapshotId: snapshot.id } })
  const held = { project, runId: run.id, step: 'make' }
  const leaseToken = lease.token
  const make = async (digest: string, cacheKey?: string) => {
    await dev.root('startStep', { ...held, body: { leaseToken } })
    const outputs = { text: { type: 'text' as const, digest } }
    await dev.root('completeStep', { ...held, body: { leaseToken, outputs, cacheKey } })
  }
  const complete = () => dev.root('completeRun', { project, runId: run.id, body: { leaseToken } })
  return { ...held, leaseToken, make, complete }
}
async function runOf(text: string) {
  const digest = await store(text)
  const run = await begin()
  await run.make(digest)
  await run.complete()
  return { digest, runId: run.runId }
}

test('what nothing needs is deleted once it is old; its row and its lineage stay, and say when and by whom', async () => {
  const { digest, runId } = await runOf('passing')
  expect(await collect()).toMatchObject({ collected: { count: 0 }, kept: { recent: { count: 1, sizeBytes: 7 } } })
  clock.ms += 31 * DAY_MS
  const expected = {
    collected: { count: 1, sizeBytes: 7 },
    artifacts: [{ digest, names: ['plain.make.text/1'] }],
    kept: {},
  }
  expect(await collect({ dryRun: true })).toMatchObject({ dryRun: true, ...expected })
  expect(await isStored(digest)).toBe(true)
  expect(await collect()).toMatchObject({ ...expected, waiting: 0 })
  expect(await isStored(digest)).toBe(false)

  const deleted = { at: clock.now().toISOString(), by: 'root' }
  const { steps } = await dev.root('showRun', { project, runId })
  expect(steps[0]!.outputs.text).toMatchObject({ digest, version: 1 })
  const artifactId = steps[0]!.outputs.text!.id
  expect(await dev.root('showArtifact', { project, artifactId })).toMatchObject({ digest, deleted })
  expect((await dev.root('trace', { project, ref: artifactId })).artifact).toMatchObject({ digest, runId })
  await expect(dev.root('getBlob', { project, sha256: digest })).rejects.toMatchObject({
    code: 'blob_not_found',
    message: expect.stringContaining('when root collected garbage'),
  })
  const events = (await dev.root('listAuditEvents', { type: 'artifact.collected' })).items
  expect(events).toMatchObject([{ actor: { name: 'root' }, after: { count: 1, artifacts: [{ digest }] } }])
  expect(await check()).toMatchObject({ consistent: true, findings: [] })
  expect(await collect()).toMatchObject({ collected: { count: 0 } })
})

test('each need keeps its bytes, for a reason that is counted', async () => {
  await register('tagged', 'tagged 1', ['keep'])
  await register('tagged', 'tagged 2')
  const pinned = await register('pinned', 'pinned 1')
  await register('pinned', 'pinned 2')
  await dev.root('createSnapshot', {
    project,
    body: specOf({ raw: { from: 'artifact', name: 'pinned', digest: pinned.digest } }, 'reads-pinned'),
  })
  await register('old', 'old 1')
  await register('old', 'old 2')
  await runTraining(dev.root, await trained)
  const running = await begin()
  await running.make(await store('running'))
  clock.ms += 31 * DAY_MS
  await dev.root('heartbeatRun', { project, runId: running.runId, body: { leaseToken: running.leaseToken } })

  const { collected, artifacts, kept } = await collect({ dryRun: true })
  expect(artifacts.map(({ names }) => names)).toEqual([['old/1']])
  expect(collected.count).toBe(1)
  const counts = Object.fromEntries(Object.entries(kept).map(([reason, { count }]) => [reason, count]))
  expect(counts).toEqual({ 'keep-tag': 1, 'model-version': 3, pipeline: 1, 'newest-of-name': 3, 'running-run': 1 })
})

/** A training that makes rows, too, which are no part of its version. */
async function trainWithRows(rows: string) {
  const spec = trainingSpec({ rows })
  const [train] = spec.steps
  const { onnx, evaluation, metrics } = await trained
  const body = { ...spec, steps: [{ ...train!, outputs: { ...train!.outputs, rows: { type: 'text' as const } } }] }
  const snapshot = await dev.root('createSnapshot', { project, body })
  const { run, lease } = await dev.root('startRun', { project, body: { snapshotId: snapshot.id } })
  const held = { project, runId: run.id, step: 'train' }
  const leaseToken = lease.token
  const put = (bytes: Uint8Array) => upload(dev.root, bytes)
  const outputs = {
    model: { type: 'model' as const, digest: await put(onnx) },
    evaluation: { type: 'table' as const, digest: await put(evaluation) },
    metrics: { type: 'json' as const, digest: await put(Buffer.from(JSON.stringify(metrics))) },
    rows: { type: 'text' as const, digest: await store(rows) },
  }
  await dev.root('startStep', { ...held, body: { leaseToken } })
  await dev.root('completeStep', { ...held, body: { leaseToken, outputs } })
  await dev.root('completeRun', { project, runId: run.id, body: { leaseToken } })
  return { runId: run.id, rows: outputs.rows.digest }
}

test('all that a training or a comparison read and made is kept once its version is staged or it compared', async () => {
  const staged = await trainWithRows('staged')
  await dev.root('promoteModelVersion', { project, model, body: { stage: 'staging', number: 1 } })
  const compared = await trainWithRows('compared')
  const other = await trainWithRows('never staged')
  edit(`insert into comparisons select 'enterprise-dev-staging', id, project, '${model}', 2, 'x', 1, 'y', 'asserted', '{}', started_at
        from runs where id = '${compared.runId}'`)
  clock.ms += 400 * DAY_MS
  const { artifacts, kept } = await collect()
  expect(artifacts.map(({ digest }) => digest)).toEqual([other.rows])
  expect(kept).toMatchObject({
    'model-version': { count: 3 },
    'stage-or-export': { count: 1 },
    comparison: { count: 1 },
  })
  expect([await isStored(staged.rows), await isStored(compared.rows)]).toEqual([true, true])
  const exported = await dev.root('exportModelVersion', { project, model, body: { number: 3 } })
  expect(exported.files).toBeGreaterThan(0)
})

test('what an import brought is kept, files without an artifact of their own, too', async () => {
  const { bundle } = await stageAndExport(dev.root, await trained)
  const { production } = both
  await (await promotionDesk(both)).importBundle(bundle.uri)
  clock.ms += 400 * DAY_MS
  const { collected, kept } = await collect({}, production)
  expect([collected.count, kept['model-version']?.count]).toEqual([0, 3])
  expect(kept['imported-bundle']!.count).toBeGreaterThan(0)
  const { training } = await production.root('trace', { project, ref: `${model}/1` })
  expect(training?.snapshotDigest).toMatch(/^[0-9a-f]{64}$/)
})

test('a cache entry whose artifact was deleted is a miss, and is explained', async () => {
  const codes = [{ files: {}, packages: {}, lockFile: null, node: 'v24.0.0', place: '1:1 #0', project: null }]
  const ask = async (run: Awaited<ReturnType<typeof begin>>) => {
    const body = { leaseToken: run.leaseToken, codes, steps: [{ step: 'make', code: 0 }] }
    return (await dev.root('takeCached', { project, runId: run.runId, body })).steps.make!
  }
  const first = await begin()
  const { key } = (await ask(first)) as { key: string }
  const digest = await store('cached')
  await first.make(digest, key)
  await first.complete()
  clock.ms += 20 * DAY_MS
  const second = await begin()
  expect(await ask(second)).toMatchObject({ state: 'cached' })
  await second.complete()
  clock.ms += 20 * DAY_MS
  expect(await collect()).toMatchObject({ collected: { count: 0 }, kept: { recent: { count: 1 } } })
  clock.ms += 20 * DAY_MS
  expect(await collect()).toMatchObject({ collected: { count: 1 } })
  const third = await begin()
  const refused = expect.stringContaining('when root collected garbage')
  expect(await ask(third)).toMatchObject({ state: 'new', key, refused })
  await third.make(await store('cached'), key)
  expect(await ask(await begin())).toMatchObject({ state: 'cached' })
})

test('whoever stores or asks for the very bytes that are collected keeps them', async () => {
  const { digest } = await runOf('same')
  clock.ms += 31 * DAY_MS
  // Asked for, and so not sent, as the SDK does; recorded after the collection.
  await dev.root('showBlob', { project, sha256: digest })
  const asking = await begin()
  expect(await collect()).toMatchObject({ collected: { count: 0 }, kept: { recent: { count: 1 } } })
  await asking.make(digest)
  await asking.complete()

  // Marked, and written again before the bytes are removed.
  clock.ms += 31 * DAY_MS
  await age(digest)
  edit(`update blobs set deleted_at = '2026-01-01T00:00:00.000Z', deleted_by = 'root'`)
  await expect(dev.root('showBlob', { project, sha256: digest })).rejects.toMatchObject({ code: 'blob_not_found' })
  await upload(dev.root, Buffer.from('same'))
  expect(await collect()).toMatchObject({ collected: { count: 0 }, waiting: 0 })
  expect(await isStored(digest)).toBe(true)

  // Marked, and the file written a moment ago by somebody who has not stored its row yet.
  edit(`update blobs set deleted_at = '2026-01-01T00:00:00.000Z', deleted_by = 'root'`)
  expect(await collect()).toMatchObject({ waiting: 1 })
  expect(await isStored(digest)).toBe(true)
  const { items } = await dev.root('listArtifacts', { project, digest })
  expect(items.every(({ deleted }) => deleted !== null)).toBe(true)
  await upload(dev.root, Buffer.from('same'))
  const again = await dev.root('listArtifacts', { project, digest })
  expect(again.items.every(({ deleted }) => deleted === null)).toBe(true)
  expect(await check()).toMatchObject({ consistent: true, findings: [] })
})

test('collections and writers of the same bytes side by side lose nothing that is recorded', async () => {
  const texts = Array.from({ length: 25 }, (_, at) => `${at} `.repeat(2_000))
  for (const [at, text] of texts.entries()) {
    await register(`stress-${at}`, text)
    await register(`stress-${at}`, 'newest')
  }
  clock.ms += 31 * DAY_MS
  const write = async (text: string, at: number): Promise<string> => {
    const digest = sha256(Buffer.from(text))
    for (;;) {
      try {
        await dev.root('showBlob', { project, sha256: digest }).catch(() => upload(dev.root, Buffer.from(text)))
        await dev.root('registerArtifact', { project, body: { name: `again-${at}`, type: 'text', digest } })
        return digest
      } catch (error) {
        // Who is told that it is busy sends again, as the client does by itself.
        if ((error as { code?: string }).code !== 'database_busy') throw error
      }
    }
  }
  const [digests, ...collections] = await Promise.all([
    Promise.all(texts.map(write)),
    ...Array.from({ length: 4 }, () => collect()),
  ])
  expect(collections.reduce((sum, { collected }) => sum + collected.count, 0)).toBeLessThanOrEqual(texts.length)
  for (const digest of digests) expect(sha256(await readFile(blobFile(digest)))).toBe(digest)
  expect(await collect()).toMatchObject({ collected: { count: 0 }, waiting: 0 })
  expect(await check()).toMatchObject({ consistent: true, findings: [] })
})

test('two collections at once delete once, and what another project has is left to it', async () => {
  const shared = await runOf('shared')
  const own = await runOf('own')
  await dev.root('createProject', { body: { name: 'other' } })
  await dev.root('putBlob', { project: 'other', sha256: shared.digest, body: Buffer.from('shared') })
  await age(shared.digest)
  clock.ms += 31 * DAY_MS
  const both = await Promise.all([collect(), collect()])
  expect(both.map(({ collected }) => collected.count).sort()).toEqual([0, 2])
  expect([await isStored(shared.digest), await isStored(own.digest)]).toEqual([true, false])
  expect((await dev.root('listAuditEvents', { type: 'artifact.collected' })).items).toHaveLength(1)
  await dev.root('collectArtifacts', { project: 'other', body: {} })
  expect(await isStored(shared.digest)).toBe(false)
})

test('bytes that a kill has left behind their mark are an orphan to a repair, and the next collection goes on', async () => {
  const left = await runOf('left')
  const next = await runOf('next')
  const at = new Date(clock.ms - DAY_MS).toISOString()
  edit(
    `update blobs set deleted_at = '${at}', deleted_by = 'root' where digest in ('${left.digest}', '${next.digest}')`,
  )
  expect(await check()).toMatchObject({
    consistent: true,
    findings: [{ kind: 'blob_orphaned' }, { kind: 'blob_orphaned' }],
  })
  await age(next.digest)
  edit(`update blobs set deleted_at = null, deleted_by = null where digest = '${next.digest}'`)
  expect(await dev.root('repairWorkspace', { body: {} })).toMatchObject({
    removed: [{ subject: expect.stringContaining(left.digest) }],
  })
  edit(`update blobs set deleted_at = '${at}', deleted_by = 'root' where digest = '${next.digest}'`)
  expect(await collect()).toMatchObject({ collected: { count: 0 }, waiting: 0 })
  expect([await isStored(left.digest), await isStored(next.digest)]).toEqual([false, false])
  expect(await check()).toMatchObject({ consistent: true, findings: [] })
})

test('only an admin collects, and nothing of the last hour', async () => {
  await expect((await dev.as('mia', 'ml-engineer'))('collectArtifacts', { project, body: {} })).rejects.toMatchObject({
    code: 'forbidden',
  })
  await expect(collect({ olderThanSeconds: 60 })).rejects.toMatchObject({ code: 'request_invalid' })
})
