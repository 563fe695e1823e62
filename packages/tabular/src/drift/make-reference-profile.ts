import type { Predictions } from '../onnx/onnx-model.ts'
import { isNumberColumn } from '../table/column.ts'
import type { Table } from '../table/table.ts'
import { TableError } from '../table/table-error.ts'
import { probabilityEdges, quantileEdges } from './bin-edges.ts'
import { NumberBins } from './number-bins.ts'
import type { NumberReference, ReferenceProfile } from './reference-profile.ts'

/** What of a table and its predictions a profile is made of. */
export interface ReferenceProfileOptions {
  /** The columns the model takes, as its `featureNames`. */
  readonly features: readonly string[]
  /** The model's `classLabels`. */
  readonly classLabels: readonly string[]
}

/**
 * The profile that later traffic is held against: how each feature lies in a table, and how what the model said about
 * its rows does. Make it of rows the model did not learn from: it is surer of those it did.
 *
 * Throws `TableError`: `column_unknown`, `column_kind` for a feature that is not of numbers, `value_invalid` for an
 * infinite one, `column_length` for predictions that are not one a row.
 *
 * @example
 * const profile = referenceProfile(test, await model.predictTable(test), {
 *   features: model.featureNames,
 *   classLabels: model.classLabels,
 * })
 */
export function referenceProfile(
  table: Table,
  { labels, probabilities }: Predictions,
  { features, classLabels }: ReferenceProfileOptions,
): ReferenceProfile {
  const rows = table.rowCount
  if (labels.length !== rows || probabilities.length !== rows * classLabels.length) {
    throw new TableError('column_length', `There are predictions for ${labels.length} rows, and the table has ${rows}.`)
  }
  return {
    formatVersion: 1,
    rows,
    features: features.map((name) => {
      const values = numbersOf(table, name)
      return describe(name, values, quantileEdges(presentOf(values)))
    }),
    labels: classLabels.map((label) => ({ label, rows: labels.filter((said) => said === label).length })),
    probabilities: classLabels.map((name, j) => {
      const values = Float32Array.from({ length: rows }, (_, row) => probabilities[row * classLabels.length + j]!)
      return describe(name, values, probabilityEdges())
    }),
  }
}

function numbersOf(table: Table, name: string): Float32Array {
  const column = table.column(name)
  if (!isNumberColumn(column)) {
    const message = `Column "${name}" holds ${table.column(name).kind} values, but a feature must hold numbers.`
    throw new TableError('column_kind', message, { column: name })
  }
  const values = new Float32Array(column.values)
  const row = values.findIndex((value) => value === Infinity || value === -Infinity)
  if (row < 0) return values
  const message = `Row ${row + 1} of column "${name}" is ${column.values[row]}, beyond the finite 32-bit numbers.`
  throw new TableError('value_invalid', message, { column: name, row: row + 1 })
}

function describe(name: string, values: Float32Array, edges: readonly number[]): NumberReference {
  const bins = new NumberBins(edges)
  bins.add(values, { from: 0, stride: 1, rows: values.length })
  const present = presentOf(values)
  const mean = present.length === 0 ? null : present.reduce((sum, value) => sum + value, 0) / present.length
  const squares = present.reduce((sum, value) => sum + (value - (mean ?? 0)) ** 2, 0)
  return {
    name,
    missing: bins.missing,
    min: present[0] ?? null,
    max: present.at(-1) ?? null,
    mean,
    standardDeviation: present.length < 2 ? null : Math.sqrt(squares / (present.length - 1)),
    edges,
    counts: edges.length === 0 ? [0] : [...bins.counts],
    sums: [...bins.sums],
  }
}

/** Ascending, without missing ones. */
const presentOf = (values: Float32Array): Float32Array => values.filter((value) => !Number.isNaN(value)).sort()
