import { cellOf } from '../table/column.ts'
import type { Table } from '../table/table.ts'
import { TableError } from '../table/table-error.ts'
import { unknownLabel } from './confusion-matrix.ts'

/** Where the true labels are and what they are called. */
export interface LabelSource {
  /** The column of the true labels: text, whole numbers or truth values. */
  readonly target: string
  /** The name of each class, in the order of its number. */
  readonly classLabels: readonly string[]
  /** What the values of the column mean, as in `{ 0: 'malignant', 1: 'benign' }`. By default they are the names. */
  readonly labels?: Readonly<Record<string, string>>
}

/**
 * The class of each row as a number from 0, for `RandomForest.train`; training and evaluation read labels by this alone.
 * Throws `TableError` with column and row: `column_unknown`, `value_missing`, `label_unknown`.
 */
export function labelIndexes(table: Table, source: LabelSource): Int32Array {
  const column = table.column(source.target)
  const index = new Map(source.classLabels.map((label, i) => [label, i]))
  return Int32Array.from({ length: table.rowCount }, (_, row) => {
    const cell = cellOf(column, row)
    if (cell === null) {
      const message = `Row ${row + 1} has no label in column "${source.target}". Label the row or leave it out.`
      throw new TableError('value_missing', message, { column: source.target, row: row + 1 })
    }
    const label = meaningOf(String(cell), source.labels)
    const found = label === undefined ? undefined : index.get(label)
    if (found !== undefined) return found
    throw unknownLabel(label ?? String(cell), source.labels ? Object.keys(source.labels) : source.classLabels, row)
  })
}

function meaningOf(value: string, labels: LabelSource['labels']): string | undefined {
  if (!labels) return value
  return Object.hasOwn(labels, value) ? labels[value] : undefined
}
