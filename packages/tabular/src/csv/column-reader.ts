import { booleanColumn, type Column, float64Column, int64Column, stringColumn } from '../table/column.ts'
import { TableError } from '../table/table-error.ts'
import { numberOf } from './cell-numbers.ts'

/** What a schema may say about a CSV column. `number` is a 64-bit float, `integer` a safe whole number. */
export type CsvColumnKind = 'number' | 'integer' | 'string' | 'boolean'

/** Turns the cells of one CSV column into the values of its kind. An empty cell is a missing value. */
export class ColumnReader {
  readonly #kind: CsvColumnKind
  readonly #name: string
  readonly #firstRow: number
  readonly #others: (string | boolean | null)[] = []
  #numbers = new Float64Array(0)
  #rows = 0

  /** `firstRow` is how many rows of the file come before: messages count from the file's first. */
  constructor(kind: CsvColumnKind, { name, firstRow }: { name: string; firstRow: number }) {
    this.#kind = kind
    this.#name = name
    this.#firstRow = firstRow
  }

  /** Takes the next cell. Throws `TableError` `value_invalid`, with its row and column. */
  add(cell: string): void {
    if (this.#kind === 'string') this.#others.push(cell === '' ? null : cell)
    else if (this.#kind === 'boolean') this.#others.push(this.#booleanOf(cell))
    else this.#addNumber(cell)
    this.#rows++
  }

  /** The column of the cells so far. Throws `TableError` `value_invalid` for a fraction where whole numbers belong. */
  column(): Column {
    if (this.#kind === 'string') return stringColumn(this.#name, this.#others as (string | null)[])
    if (this.#kind === 'boolean') return booleanColumn(this.#name, this.#others as (boolean | null)[])
    const numbers = this.#numbers.slice(0, this.#rows)
    return this.#kind === 'integer' ? int64Column(this.#name, numbers) : float64Column(this.#name, numbers)
  }

  #addNumber(cell: string): void {
    if (this.#rows === this.#numbers.length) {
      const larger = new Float64Array(Math.max(256, 2 * this.#rows))
      larger.set(this.#numbers)
      this.#numbers = larger
    }
    const value = numberOf(cell)
    const isWhole =
      this.#kind !== 'integer' || value === undefined || Number.isNaN(value) || Number.isSafeInteger(value)
    if (value === undefined || !isWhole) {
      throw this.#invalid(cell, this.#kind === 'integer' ? 'a whole number below 2^53' : 'a finite number')
    }
    this.#numbers[this.#rows] = value
  }

  #booleanOf(cell: string): boolean | null {
    const text = cell.trim().toLowerCase()
    if (text === '') return null
    if (text === 'true' || text === 'false') return text === 'true'
    throw this.#invalid(cell, 'true or false')
  }

  #invalid(cell: string, wanted: string): TableError {
    const row = this.#firstRow + this.#rows + 1
    const shown = JSON.stringify(cell.length > 60 ? `${cell.slice(0, 60)}…` : cell)
    const message = `Row ${row} of column "${this.#name}" is ${shown}, but the column must hold ${wanted}. Correct the cell or leave it empty.`
    return new TableError('value_invalid', message, { column: this.#name, row })
  }
}
