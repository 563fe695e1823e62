import type { BatchManifest, Run } from '@airlock-ml/contract'
import { float32Column, int64Column, packRows, stringColumn, Table, writeParquet } from '@airlock-ml/tabular'
import { beforeAll, expect, test } from 'vitest'
import { sharedWorkspaces } from '../../test/shared-workspaces.ts'
import { trainModel } from '../../test/trained-model.ts'
import { model, project, runTraining, sha256, trainingSpec, upload } from '../../test/two-workspaces.ts'

const both = sharedWorkspaces()
let digest: string
let killed: Run
beforeAll(async () => {
  await runTraining(both.dev.root, await trainModel({ seed: 1, trees: 3 }))
  digest = (await both.dev.root('showModelVersion', { project, model, number: 1 })).digest
  killed = (await start()).run
})

async function start() {
  const spec = trainingSpec()
  const { id: snapshotId } = await both.dev.root('createSnapshot', {
    project,
    body: {
      ...spec,
      pipeline: 'batch-inference',
      steps: [{ name: 'predict', inputs: {}, outputs: { manifest: { type: 'json' } }, parameters: {} }],
      model: { action: 'consumes', name: model },
    },
  })
  return both.dev.root('startRun', { project, body: { snapshotId, version: { number: 1 } } })
}

const rejects = { file: 'rejects-1.jsonl', rows: 1, digest: 'c'.repeat(64), numbers: [3], packed: null }

/** The first part was scored by the run that was killed; row 3 was refused. */
async function finish(over: Partial<BatchManifest> = {}): Promise<{ run: Run; part: Uint8Array }> {
  const { run, lease } = await start()
  const ids = [4, 5].map((row) => `${run.id}.${row}`)
  const part = await writeParquet(
    new Table([
      stringColumn('prediction_id', ids),
      int64Column('row', [4, 5]),
      stringColumn('key', ['d', 'e']),
      stringColumn('label', ['benign', 'malignant']),
      float32Column('probability_benign', [0.75, 0.25]),
      float32Column('probability_malignant', [0.25, 0.75]),
    ]),
  )
  const parts = { sizeBytes: 1, rejects: null, rows: 2, labels: { benign: 1, malignant: 1 } }
  const manifest: BatchManifest = {
    ...{ format: 'airlock-batch-1', runIds: [killed.id, run.id], key: 'key', rows: 5, scored: 4, rejected: 1 },
    input: { path: 'rows.csv', digest: 'a'.repeat(64), sizeBytes: 9, rows: 5, unusedColumns: [] },
    model: { name: model, number: 1, digest },
    classLabels: ['benign', 'malignant'],
    labels: { benign: 2, malignant: 2 },
    parts: [
      {
        ...parts,
        file: 'part-1.parquet',
        digest: 'b'.repeat(64),
        firstRow: 1,
        rows: 3,
        scored: 2,
        rejects,
        runId: killed.id,
      },
      { ...parts, file: 'part-2.parquet', digest: sha256(part), firstRow: 4, scored: 2, runId: run.id },
    ],
    ...over,
  }
  const held = { project, runId: run.id }
  const body = { leaseToken: lease.token }
  await both.dev.root('startStep', { ...held, step: 'predict', body })
  const stored = { type: 'json' as const, digest: await upload(both.dev.root, Buffer.from(JSON.stringify(manifest))) }
  await both.dev.root('completeStep', { ...held, step: 'predict', body: { ...body, outputs: { manifest: stored } } })
  return { run: await both.dev.root('completeRun', { ...held, body }), part }
}

const show = (predictionId: string) => both.dev.root('showPrediction', { project, predictionId })
const trace = (predictionId: string) => both.dev.root('tracePrediction', { project, predictionId })

test('a row of a batch leads to its run, the version that was pinned, and the training, also after a kill', async () => {
  const { run, part } = await finish()
  const { prediction, trace: way } = await trace(`${run.id}.5`)
  expect(prediction).toMatchObject({
    ...{ runId: run.id, deployment: null, at: null, version: { model, number: 1, digest } },
    file: { id: null, digest: sha256(part) },
  })
  expect(way).toMatchObject({
    version: { number: 1, digest },
    run: { id: run.id, pipeline: 'batch-inference' },
    training: { pipeline: 'training', commit: 'a'.repeat(40) },
  })
  expect((await trace(`${killed.id}.2`)).prediction.file.digest).toBe('b'.repeat(64))
  const missing = { code: 'prediction_not_found' }
  for (const id of [`${run.id}.2`, `${run.id}.6`, `${killed.id}.4`])
    await expect(trace(id)).rejects.toMatchObject(missing)
  const refused = { ...missing, message: expect.stringContaining('refused; rejects-1.jsonl') }
  await expect(trace(`${killed.id}.3`)).rejects.toMatchObject(refused)

  expect(await show(`${run.id}.5`)).toMatchObject({ label: null, probabilities: null })
  await upload(both.dev.root, part)
  expect(await show(`${run.id}.5`)).toMatchObject({
    ...{ label: 'malignant', key: 'e', probabilities: { benign: 0.25, malignant: 0.75 } },
  })
})

test('a manifest that names another version than the run was pinned to is not believed', async () => {
  const { run } = await finish({ model: { name: model, number: 1, digest: 'e'.repeat(64) } })
  await expect(trace(`${run.id}.5`)).rejects.toMatchObject({ code: 'prediction_not_found' })
})

test('of many refused rows each is known, wherever it stands among them', async () => {
  const refused = Array.from({ length: 5_000 }, (_, at) => 1 + at * 2)
  const { run } = await start()
  const whole = { firstRow: 1, rows: 10_000 }
  const many = { ...rejects, rows: refused.length, numbers: null, packed: packRows(refused, whole) }
  const part = { file: 'part-1.parquet', digest: 'b'.repeat(64), sizeBytes: 1, labels: {}, scored: 5_000 }
  await finish({
    ...{ runIds: [run.id], rows: 10_000, scored: 5_000, rejected: 5_000 },
    parts: [{ ...part, ...whole, rejects: many, runId: run.id }],
  })
  for (const number of [1, 201, 5_001, 9_999])
    await expect(trace(`${run.id}.${number}`)).rejects.toMatchObject({ message: expect.stringContaining('refused') })
  expect((await trace(`${run.id}.5000`)).prediction.file.digest).toBe('b'.repeat(64))
})
