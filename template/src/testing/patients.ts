import { float64Column, int64Column, Table } from '@airlock-ml/tabular'
import { FEATURES, TARGET } from '../diagnosis.ts'

/** Made-up measurements of `rows` patients, every third malignant. */
export function patients(rows: number): Table {
  const measured = FEATURES.map((name, at) =>
    float64Column(
      name,
      Array.from({ length: rows }, (_, row) => at + row / 7),
    ),
  )
  return new Table([
    ...measured,
    int64Column(
      TARGET,
      Array.from({ length: rows }, (_, row) => (row % 3 === 0 ? 0 : 1)),
    ),
  ])
}
