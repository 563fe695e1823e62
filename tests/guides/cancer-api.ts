import { hash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DeploymentSettings, type ServedVersion } from '@airlock-ml/contract'
import { type Pipeline, planServing } from '@airlock-ml/sdk'
import { loadVersion, type Service, startService } from '@airlock-ml/serving'
import { exportOnnx, featureMatrix, RandomForest, readCsv, StandardScaler } from '@airlock-ml/tabular'

const template = join(import.meta.dirname, '../../template')
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

/** The key that the service takes. */
export const SECRET = 'ald_secret'

/** The template's own pipeline, with a small forest over its data. */
export async function startCancerApi(): Promise<Service> {
  const { default: pipeline } = (await import(join(template, 'src/pipelines/realtime-inference.ts'))) as {
    default: Pipeline
  }
  const table = await readCsv(await readFile(join(template, 'data/breast_cancer_wisconsin.csv')))
  const featureNames = table.columnNames.filter((name) => name !== 'target')
  const features = featureMatrix(table, featureNames)
  const scaler = StandardScaler.fit(features)
  const isMalignant = Array.from(table.column('target').values as Float64Array, (target) => 1 - target)
  const classifier = RandomForest.train(scaler.transform(features), isMalignant, { seed: 1, trees: 5 })
  const onnx = exportOnnx({ scaler, classifier, featureNames, classLabels: ['benign', 'malignant'] })
  const version: ServedVersion = {
    ...{ id: '01a20da1-0000-7000-8000-000000000001', model: 'breast_cancer_classifier', number: 3, sourceNumber: 7 },
    ...{ sourceWorkspace: 'dev', digest: hash('sha256', onnx), artifacts: {} },
  }
  const plan = planServing(pipeline, {
    ...{ params: {}, environment: 'production', project: 'p', deploymentId: 'd', log: silent },
  })
  const keys = [{ id: 'k', name: 'app', sha256: hash('sha256', SECRET), expiresAt: null }]
  const target = { name: 'cancer-api', settings: DeploymentSettings.parse({}), keys }
  const started = await startService({ plan, target, observers: [], log: silent })
  const champion = await loadVersion(plan, { version, bytesOf: async () => onnx })
  await started.change({ champion, whyNobody: null, canary: null })
  return started
}
