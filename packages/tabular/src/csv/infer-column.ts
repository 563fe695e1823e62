import type { Column } from '../table/column.ts'
import { isNumber, isSafeInteger } from './cell-numbers.ts'
import { ColumnReader, type CsvColumnKind } from './column-reader.ts'

const asBoolean = 4
const asInteger = 2
const asNumber = 1

/** Finds the narrowest kind that holds every cell it is shown unchanged: integer, number, boolean, else string. */
export class KindFinder {
  #possible = asBoolean | asInteger | asNumber
  #isEmpty = true

  see(cell: string): void {
    if (this.#possible === 0) return
    const text = cell.trim()
    if (text === '') return
    this.#isEmpty = false
    if (this.#possible & asBoolean && !/^(true|false)$/i.test(text)) this.#possible &= ~asBoolean
    if (this.#possible & asInteger && !isSafeInteger(text)) this.#possible &= ~asInteger
    // A safe integer is a number.
    if (this.#possible & asNumber && !(this.#possible & asInteger) && !isNumber(text)) this.#possible &= ~asNumber
  }

  kind(): CsvColumnKind {
    if (this.#isEmpty) return 'number'
    if (this.#possible & asBoolean) return 'boolean'
    if (this.#possible & asInteger) return 'integer'
    return this.#possible & asNumber ? 'number' : 'string'
  }
}

/** The column of these cells, of the kind found for them. */
export function inferredColumn(name: string, cells: readonly string[]): Column {
  const finder = new KindFinder()
  for (const cell of cells) finder.see(cell)
  const reader = new ColumnReader(finder.kind(), { name, firstRow: 0 })
  for (const cell of cells) reader.add(cell)
  return reader.column()
}
