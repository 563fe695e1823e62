import type { Column } from '../table/column.ts'
import { Table } from '../table/table.ts'
import { ColumnReader, type CsvColumnKind } from './column-reader.ts'
import { visitCsv } from './csv-records.ts'
import { inferredColumn } from './infer-column.ts'
import { withoutMarks } from './missing-marks.ts'

/** How to read a CSV file. */
export interface ReadCsvOptions {
  /** What the named columns must hold. Columns it does not name are inferred; one it names and the file lacks is an error. */
  readonly schema?: Readonly<Record<string, CsvColumnKind>>
  /**
   * What stands for a missing value in any column, beside an empty cell, as `['NA', '?']`; spaces around it do not count.
   * Nothing by default: each could be a value.
   */
  readonly missing?: readonly string[]
}

/**
 * Reads a CSV file (a path, streamed, or its bytes) with one header line: comma, double quotes, UTF-8, with or without
 * a byte order mark. Empty lines are skipped; an empty cell is a missing value, and so is what `missing` names; `NaN` is
 * one in a number column.
 * Without a schema a column becomes `int64`, `float64`, `boolean` or `string`, the first that holds every cell
 * unchanged (`007` stays text). A header without rows gives a table of no rows.
 *
 * Throws `TableError`: `file_unreadable`, `csv_empty`, `csv_malformed`, `csv_ragged`, `column_name`,
 * `column_duplicate`, `column_unknown`, and `value_invalid` with row and column of the cell.
 */
export async function readCsv(source: string | Uint8Array, options: ReadCsvOptions = {}): Promise<Table> {
  const schema = new Map(Object.entries(options.schema ?? {}))
  const unmarked = withoutMarks(options.missing)
  let columns: (ColumnReader | UnknownColumn)[] = []
  const visits = visitCsv(source, {
    header: (names) => {
      columns = names.map((name) => {
        const kind = schema.get(name)
        return kind ? new ColumnReader(kind, { name, firstRow: 0 }) : new UnknownColumn(name)
      })
    },
    row: (cells) => {
      for (let i = 0; i < columns.length; i++) columns[i]!.add(unmarked(cells[i]!))
    },
  })
  for await (const _ of visits);
  const table = new Table(columns.map((column) => column.column()))
  for (const name of schema.keys()) table.column(name)
  return table
}

/** Keeps the cells of a column until its kind can be told from all of them. */
class UnknownColumn {
  readonly #name: string
  readonly #cells: string[] = []

  constructor(name: string) {
    this.#name = name
  }

  add(cell: string): void {
    this.#cells.push(cell)
  }

  column(): Column {
    return inferredColumn(this.#name, this.#cells)
  }
}
