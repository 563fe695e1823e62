import { hash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ServedVersion } from '@airlock-ml/contract'
import { exportOnnx, featureMatrix, RandomForest, StandardScaler } from '@airlock-ml/tabular'
import { madeUpRows } from './made-up-rows.ts'

const TREES = 100
const TRAINED = 4_000
const FEATURES = 30
export const SECRET = 'a-key-of-the-benchmark'

/** A forest of 100 trees over 30 named features as a service answers with it, and a row for it. */
export async function makeServedModel(
  dir: string,
  seed = 1,
): Promise<{ onnx: string; version: ServedVersion; row: Record<string, number> }> {
  const { table, featureNames } = madeUpRows({ rowCount: TRAINED, featureCount: FEATURES, seed })
  const features = featureMatrix(table, featureNames)
  const scaler = StandardScaler.fit(features)
  const labels = table.column('label').values as Float64Array
  const classifier = RandomForest.train(scaler.transform(features), labels, { seed, trees: TREES })
  const bytes = exportOnnx({ scaler, classifier, featureNames, classLabels: ['benign', 'malignant'] })
  const onnx = join(dir, `model-${seed}.onnx`)
  await writeFile(onnx, bytes)
  const row = Object.fromEntries(featureNames.map((name, j) => [name, features.columns[j]![0]!]))
  const version: ServedVersion = {
    ...{ id: `01a20da1-0000-7000-8000-00000000000${seed}`, model: 'breast_cancer_classifier', number: seed },
    ...{ sourceWorkspace: 'development', sourceNumber: seed, digest: hash('sha256', bytes), artifacts: {} },
  }
  return { onnx, version, row }
}
