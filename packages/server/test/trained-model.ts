import { fileURLToPath } from 'node:url'
import {
  evaluate,
  exportOnnx,
  featureMatrix,
  flatMetrics,
  loadOnnx,
  RandomForest,
  readCsv,
  StandardScaler,
  splitByRowHash,
  stringColumn,
  writeParquet,
} from '@airlock-ml/tabular'

const data = fileURLToPath(new URL('../../../template/data/breast_cancer_wisconsin.csv', import.meta.url))
const classLabels = ['malignant', 'benign']

/** A real model, trained on the real data: its bytes, its evaluation table and its metrics. */
export type TrainedModel = { onnx: Uint8Array; evaluation: Uint8Array; metrics: Record<string, number> }

/** Trains a small forest; another seed gives another model on the same hold-out. */
export async function trainModel({ seed, trees = 20 }: { seed: number; trees?: number }): Promise<TrainedModel> {
  const raw = await readCsv(data)
  const target = raw.column('target')
  const names = Array.from({ length: raw.rowCount }, (_, row) => classLabels[Number(target.values[row])]!)
  const table = raw.drop(['target']).withColumn(stringColumn('diagnosis', names))
  const { train, test } = splitByRowHash(table, { seed: 'test' })
  const featureNames = table.columnNames.filter((name) => name !== 'diagnosis')
  const features = featureMatrix(train, featureNames)
  const scaler = StandardScaler.fit(features)
  const labels = Array.from(train.column('diagnosis').values as ArrayLike<string>, (name) => classLabels.indexOf(name))
  const forest = RandomForest.train(scaler.transform(features), labels, { seed, trees })
  const onnx = exportOnnx({ scaler, classifier: forest, featureNames, classLabels })
  const model = await loadOnnx(onnx)
  const scores = await evaluate(model, test, { target: 'diagnosis', positive: 'malignant' })
  await model.close()
  return { onnx, evaluation: await writeParquet(test), metrics: flatMetrics(scores) }
}
