import { DriftWindow, float32Column, referenceProfile, Table } from '@airlock-ml/tabular'

const even = (rows: number, from = 0) => Float32Array.from({ length: rows }, (_, i) => ((i + from) * 0.618034) % 1)
const answers = (rows: number) => ({
  labels: Array.from({ length: rows }, (_, i) => (i % 2 ? 'yes' : 'no')),
  probabilities: Float32Array.from({ length: rows * 2 }, () => 0.5),
})
const shape = { features: ['age'], classLabels: ['no', 'yes'] }
const profile = referenceProfile(new Table([float32Column('age', even(500))]), answers(500), shape)

/** What is seen of ages that lie `moved` higher than those of a profile. */
export function driftSummary(moved: number, rows = 1_000) {
  const window = new DriftWindow(profile, { featureNames: shape.features, classLabels: shape.classLabels })
  window.add({ rows, features: even(rows, 7).map((age) => age + moved), ...answers(rows) })
  return window.compare()
}
