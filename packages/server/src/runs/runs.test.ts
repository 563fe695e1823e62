import { spawnSync } from 'node:child_process'
import { hostname } from 'node:os'
import { expect, test } from 'vitest'
import { sharedWorkspaces } from '../../test/shared-workspaces.ts'
import { trainModel } from '../../test/trained-model.ts'
import { model, project, runTraining, trainingSpec, upload } from '../../test/two-workspaces.ts'

let now = new Date('2026-01-01T00:00:00Z')
const { dev } = sharedWorkspaces({ now: () => now })

async function start(parameters = {}) {
  const snapshot = await dev.root('createSnapshot', { project, body: trainingSpec(parameters) })
  const { run, lease } = await dev.root('startRun', { project, body: { snapshotId: snapshot.id } })
  return { project, runId: run.id, leaseToken: lease.token }
}

test('the same specification is the same snapshot, and another is another', async () => {
  const first = await dev.root('createSnapshot', { project, body: trainingSpec() })
  expect((await dev.root('createSnapshot', { project, body: trainingSpec() })).id).toBe(first.id)
  expect((await dev.root('createSnapshot', { project, body: trainingSpec({ trees: 3 }) })).id).not.toBe(first.id)
  expect(await dev.root('showPipeline', { project, pipeline: 'training' })).toMatchObject({ snapshots: 2 })
})

test('a snapshot that does not hold together is refused', async () => {
  const spec = trainingSpec()
  const dangling = {
    ...spec,
    steps: [{ ...spec.steps[0]!, inputs: { x: { from: 'step' as const, step: 'ghost', output: 'y' } } }],
  }
  await expect(dev.root('createSnapshot', { project, body: dangling })).rejects.toMatchObject({
    code: 'snapshot_invalid',
  })
  const twice = { ...spec, steps: [spec.steps[0]!, spec.steps[0]!] }
  await expect(dev.root('createSnapshot', { project, body: twice })).rejects.toMatchObject({
    code: 'snapshot_invalid',
    message: 'Two steps are called train.',
  })
  const unknown = { ...spec, stack: 'nonesuch' }
  await expect(dev.root('createSnapshot', { project, body: unknown })).rejects.toMatchObject({
    code: 'stack_not_found',
  })
})

test('a run that failed registers nothing and says where and why', async () => {
  const { leaseToken, ...run } = await start()
  await dev.root('startStep', { ...run, step: 'train', body: { leaseToken } })
  const line = { at: now.toISOString(), level: 'error' as const, message: 'no luck' }
  await dev.root('failStep', { ...run, step: 'train', body: { leaseToken, error: 'boom', logs: [line] } })
  const failed = await dev.root('failRun', { ...run, body: { leaseToken, error: { step: 'train', message: 'boom' } } })
  expect(failed).toMatchObject({
    status: 'failed',
    error: { step: 'train', message: 'boom' },
    steps: [{ status: 'failed', error: 'boom' }],
    model: { number: null },
  })
  expect((await dev.root('listLogs', run)).items).toEqual([{ line: 1, step: 'train', ...line }])
  await expect(dev.root('showModel', { project, model })).rejects.toMatchObject({ code: 'model_not_found' })
})

test('a run cannot complete before its steps have, nor a step with other outputs than its snapshot’s', async () => {
  const { leaseToken, ...run } = await start()
  await expect(dev.root('completeRun', { ...run, body: { leaseToken } })).rejects.toMatchObject({
    code: 'run_incomplete',
    details: { steps: ['train'] },
  })
  await dev.root('startStep', { ...run, step: 'train', body: { leaseToken } })
  await expect(dev.root('startStep', { ...run, step: 'train', body: { leaseToken } })).rejects.toMatchObject({
    code: 'step_conflict',
  })
  await expect(
    dev.root('completeStep', { ...run, step: 'train', body: { leaseToken, outputs: {} } }),
  ).rejects.toMatchObject({ code: 'step_conflict' })
  await expect(dev.root('startStep', { ...run, step: 'ghost', body: { leaseToken } })).rejects.toMatchObject({
    code: 'step_run_not_found',
  })
})

test('outputs whose bytes were never stored are refused', async () => {
  const { leaseToken, ...run } = await start()
  await dev.root('startStep', { ...run, step: 'train', body: { leaseToken } })
  const digest = await upload(dev.root, Buffer.from('{}'))
  const outputs = {
    model: { type: 'model' as const, digest: 'f'.repeat(64) },
    evaluation: { type: 'table' as const, digest },
    metrics: { type: 'json' as const, digest },
  }
  await expect(
    dev.root('completeStep', { ...run, step: 'train', body: { leaseToken, outputs } }),
  ).rejects.toMatchObject({ code: 'blob_not_found' })
})

test('bytes that are not an ONNX model make no version', async () => {
  const trained = await trainModel({ seed: 1, trees: 2 })
  await expect(runTraining(dev.root, { ...trained, onnx: Buffer.from('import os') })).rejects.toMatchObject({
    code: 'model_invalid',
  })
})

test('bytes that do not match their digest are not kept', async () => {
  const sha256 = 'e'.repeat(64)
  await expect(dev.root('putBlob', { project, sha256, body: Buffer.from('x') })).rejects.toMatchObject({
    code: 'blob_digest_mismatch',
  })
  await expect(dev.root('showBlob', { project, sha256 })).rejects.toMatchObject({ code: 'blob_not_found' })
})

test('a run whose process is silent for longer than its lease is lost, and cannot go on', async () => {
  const { leaseToken, ...run } = await start()
  await dev.root('startStep', { ...run, step: 'train', body: { leaseToken } })
  now = new Date(now.getTime() + 50_000)
  await dev.root('heartbeatRun', { ...run, body: { leaseToken } })
  now = new Date(now.getTime() + 50_000)
  expect((await dev.root('showRun', run)).status).toBe('running')
  now = new Date(now.getTime() + 11_000)
  expect(await dev.root('showRun', run)).toMatchObject({ status: 'lost', steps: [{ status: 'lost' }] })
  await expect(dev.root('heartbeatRun', { ...run, body: { leaseToken } })).rejects.toMatchObject({
    code: 'run_lease_lost',
  })
})

test('a process of this machine that died is seen at once, and one that only computes is not taken for dead', async () => {
  const snapshot = await dev.root('createSnapshot', { project, body: trainingSpec() })
  const startBy = async (pid: number) =>
    (await dev.root('startRun', { project, body: { snapshotId: snapshot.id, executor: { host: hostname(), pid } } }))
      .run
  const dead = spawnSync(process.execPath, ['-e', '0']).pid
  const gone = await startBy(dead)
  const busy = await startBy(process.pid)
  expect(await dev.root('showRun', { project, runId: gone.id })).toMatchObject({ status: 'lost' })
  now = new Date(now.getTime() + 60 * 60_000)
  expect(await dev.root('showRun', { project, runId: busy.id })).toMatchObject({ status: 'running' })
  now = new Date(now.getTime() + 25 * 60 * 60_000)
  expect(await dev.root('showRun', { project, runId: busy.id })).toMatchObject({ status: 'lost' })
})

test('nobody without the lease writes into a run', async () => {
  const { leaseToken: _, ...run } = await start()
  await expect(dev.root('heartbeatRun', { ...run, body: { leaseToken: 'guess' } })).rejects.toMatchObject({
    code: 'run_lease_lost',
  })
})

test('a list is paged by a cursor and reads each item once', async () => {
  const seen: string[] = []
  let cursor: string | undefined
  do {
    const { items, nextCursor } = await dev.root('listRuns', { project, limit: 2, ...(cursor && { cursor }) })
    seen.push(...items.map(({ id }) => id))
    cursor = nextCursor ?? undefined
  } while (cursor)
  expect(seen).toEqual([...new Set(seen)].sort().reverse())
  expect(seen.length).toBeGreaterThan(5)
})
