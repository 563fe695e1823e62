import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { planServing } from '@airlock-ml/sdk'
import { testStep } from '@airlock-ml/sdk/testing'
import {
  featureMatrix,
  float64Column,
  isNumberColumn,
  loadOnnx,
  type ReferenceProfile,
  readCsv,
  readParquet,
  Table,
  toRowMajor,
  writeParquet,
} from '@airlock-ml/tabular'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TARGET } from '../diagnosis.ts'
import realtimeInference from '../pipelines/realtime-inference.ts'
import { patients } from '../testing/patients.ts'
import { riskLevel } from './answer-patients.ts'
import { withDiagnosis } from './label-diagnosis.ts'
import { predictBatch } from './predict-batch.ts'
import { profileHoldout } from './profile-holdout.ts'
import { trainModel } from './train-model.ts'

let dir: string
let model: Uint8Array
let profile: ReferenceProfile
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'predict-batch-'))
  const settings = {
    algorithm: 'forest',
    trees: 3,
    min_samples_leaf: 1,
    pca: false,
    pca_variance: 0.9,
    seed: 1,
  } as const
  const trained = await testStep(trainModel, { inputs: { train: withDiagnosis(patients(60)) }, params: settings })
  model = trained.outputs.model
  const test = withDiagnosis(patients(300))
  profile = (await testStep(profileHoldout, { inputs: { model, test } })).outputs.profile
})
afterAll(() => rm(dir, { recursive: true }))

const run = {
  id: '0198c0de-0000-7000-8000-000000000000',
  pipeline: 'batch-inference',
  environment: 'production',
  project: 'cancer-detection',
  model: { name: 'breast_cancer_classifier', number: 3, digest: 'd'.repeat(64) },
} as const
const params = { key: null, max_rejects: 0, replace: false }
const score = (input: string, output: string) =>
  testStep(predictBatch, { inputs: { model, profile }, params: { ...params, input, output }, context: { run } })

test('the new patients of the example are scored: risk is P(malignant), each row names its version and run', async () => {
  const output = join(dir, 'predictions')
  const { outputs, metadata } = await score('data/new_patients.csv', output)
  expect(outputs.manifest).toMatchObject({ rows: 20, scored: 20, rejected: 0, model: run.model })
  expect(JSON.parse(await readFile(join(output, 'manifest.json'), 'utf8'))).toEqual(outputs.manifest)
  expect(metadata).toMatchObject({ rows: 20, malignant: outputs.manifest.labels.malignant, output })
  const rows = (await readParquet(join(output, 'part-00000.parquet'))).toRows()
  expect(rows).toHaveLength(20)
  for (const [at, row] of rows.entries()) {
    expect(row).toMatchObject({ row: at + 1, prediction_id: `${run.id}.${at + 1}`, run_id: run.id, model_version: 3 })
    expect(row.risk).toBe(row.probability_malignant)
    expect(row.label).toBe(Number(row.risk) > 0.5 ? 'malignant' : 'benign')
  }
})

test('a row in bulk is answered as it is over HTTP: the same label, and the same probabilities to the bit', async () => {
  const output = join(dir, 'as-online')
  await score('data/new_patients.csv', output)
  const batch = (await readParquet(join(output, 'part-00000.parquet'))).toRows()
  const plan = planServing(realtimeInference, {
    ...{ params: {}, environment: 'production', project: 'cancer-detection', deploymentId: 'd' },
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
  })
  const onnx = await loadOnnx(model)
  try {
    const table = await readCsv(await readFile(new URL('../../data/new_patients.csv', import.meta.url)))
    const requests = Table.ofRows(toRowMajor(featureMatrix(table, onnx.featureNames)), onnx.featureNames)
    const answers = await plan.answer(requests, onnx, { number: 3, digest: run.model.digest, artifacts: {} })
    expect(answers).toHaveLength(20)
    for (const [at, answer] of answers.entries())
      expect(answer).toMatchObject({
        label: batch[at]!.label,
        riskLevel: riskLevel(Number(batch[at]!.risk)),
        probabilities: { benign: batch[at]!.probability_benign, malignant: batch[at]!.probability_malignant },
      })
  } finally {
    await onnx.close()
  }
})

test('rows that are not like those of training are named', async () => {
  const input = join(dir, 'like.parquet')
  const rows = patients(300)
  await writeFile(input, await writeParquet(rows.drop([TARGET])))
  const like = await score(input, join(dir, 'like'))
  expect(like.metadata).toMatchObject({ drift: 'ok', drifting: [] })
  expect(like.outputs.drift?.summary).toMatchObject({ rows: 300, referenceRows: 300 })
  const area = rows.column('mean_area')
  if (!isNumberColumn(area)) throw new TypeError('mean_area is a number')
  const moved = rows.drop([TARGET]).withColumn(
    float64Column(
      'mean_area',
      Array.from(area.values, (value) => value * 3),
    ),
  )
  await writeFile(input, await writeParquet(moved))
  const { metadata } = await score(input, join(dir, 'moved'))
  expect(metadata).toMatchObject({ drift: 'breach', drifting: expect.arrayContaining(['mean_area']) })
})

test('a file that lacks a measurement is refused by its name, and rows with a gap by their number', async () => {
  const input = join(dir, 'patients.parquet')
  await writeFile(input, await writeParquet(patients(3).drop(['mean_area', TARGET])))
  await expect(score(input, join(dir, 'none'))).rejects.toThrow('lacks 1 of the 30 features of the model: "mean_area"')
  const gap = join(dir, 'gap.csv')
  const [header, ...lines] = (await readFile(new URL('../../data/new_patients.csv', import.meta.url), 'utf8')).split(
    '\n',
  )
  await writeFile(gap, [header, lines[0], `,${lines[1]!.split(',').slice(1).join(',')}`].join('\n'))
  await expect(score(gap, join(dir, 'gap'))).rejects.toThrow('row 2: mean_radius has no value')
  expect(await readdir(join(dir, 'gap'))).toEqual(['.batch'])
})
