import type { EvaluationSpec } from '@airlock-ml/contract'
import {
  exportOnnx,
  featureMatrix,
  float64Column,
  RandomForest,
  StandardScaler,
  stringColumn,
  Table,
  writeParquet,
} from '@airlock-ml/tabular'

const classLabels = ['no', 'yes']
const featureNames = ['a', 'b']
const ROWS = 40

type Rehearsal = { model: Uint8Array; table: Uint8Array; spec: EvaluationSpec; isForeign: boolean }

/** A model and a table as small as they can be: scoring them once loads and compiles what scoring a real one needs. */
export async function makeRehearsal(): Promise<Rehearsal> {
  const labels = Array.from({ length: ROWS }, (_, row) => row % 2)
  const table = new Table([
    ...featureNames.map((name, at) =>
      float64Column(
        name,
        Float64Array.from(labels, (label, row) => label + row * at),
      ),
    ),
    stringColumn(
      'target',
      labels.map((label) => classLabels[label]!),
    ),
  ])
  const features = featureMatrix(table, featureNames)
  const scaler = StandardScaler.fit(features)
  const classifier = RandomForest.train(scaler.transform(features), labels, { seed: 1, trees: 2 })
  const model = exportOnnx({ scaler, classifier, featureNames, classLabels })
  return { model, table: await writeParquet(table), spec: { target: 'target', positive: 'yes' }, isForeign: true }
}
