import type { DecodedArray } from 'hyparquet'
import { booleanColumn, type Column, type ColumnKind, int64Column, stringColumn } from '../table/column.ts'

/** A column that is filled row group by row group. */
export class ColumnBuilder {
  readonly name: string
  readonly kind: ColumnKind
  readonly #numbers: Float64Array | Float32Array
  readonly #others: (string | boolean | null)[] = []
  #rows = 0

  constructor({ name, kind, rowCount }: { name: string; kind: ColumnKind; rowCount: number }) {
    this.name = name
    this.kind = kind
    const isNumber = kind !== 'string' && kind !== 'boolean'
    this.#numbers = kind === 'float32' ? new Float32Array(rowCount) : new Float64Array(isNumber ? rowCount : 0)
  }

  /** How many rows are filled. */
  get rows(): number {
    return this.#rows
  }

  /** The next `count` places of a number column, to be filled by the caller. */
  claimNumbers(count: number): Float64Array | Float32Array {
    this.#rows += count
    return this.#numbers.subarray(this.#rows - count, this.#rows)
  }

  /** Fills the next place of a text or truth column. */
  add(value: string | boolean | null): void {
    this.#others.push(value)
    this.#rows++
  }

  /** Takes values as hyparquet decodes them. */
  addDecoded(values: DecodedArray): void {
    if (this.kind === 'string' || this.kind === 'boolean') {
      for (let i = 0; i < values.length; i++) this.add(values[i] ?? null)
      return
    }
    const into = this.claimNumbers(values.length)
    for (let i = 0; i < into.length; i++) into[i] = Number(values[i] ?? Number.NaN)
  }

  /** The column. Throws `TableError` `value_invalid` for an integer above 2^53. */
  column(): Column {
    const { name, kind } = this
    const numbers = this.#numbers
    if (kind === 'string') return stringColumn(name, this.#others as (string | null)[])
    if (kind === 'boolean') return booleanColumn(name, this.#others as (boolean | null)[])
    if (numbers instanceof Float32Array) return { name, kind: 'float32', values: numbers }
    if (kind === 'float64' || numbers.every(isStorable)) return { name, kind: kind as 'float64', values: numbers }
    return int64Column(name, numbers)
  }
}

function isStorable(value: number): boolean {
  return Number.isSafeInteger(value) || Number.isNaN(value)
}
