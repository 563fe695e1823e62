import { type Column, isNumberColumn } from '../table/column.ts'
import { GrowingBytes } from './growing-bytes.ts'
import { PresentRows } from './present-rows.ts'
import type { StoredColumn } from './stored-column.ts'
import { TextValues } from './text-values.ts'

/** The values of one column of a row group that is being filled, in the bytes that Parquet calls plain. */
export class PageValues {
  readonly stored: StoredColumn
  readonly present = new PresentRows()
  readonly texts: TextValues
  readonly #bytes = new GrowingBytes()

  constructor(stored: StoredColumn, { dictionaries }: { dictionaries: boolean }) {
    this.stored = stored
    this.texts = new TextValues(dictionaries)
  }

  get sizeBytes(): number {
    return this.#bytes.length + this.texts.sizeBytes
  }

  get plain(): Uint8Array {
    return this.stored.kind === 'string' ? this.texts.plain.view : this.#bytes.view
  }

  clear(): void {
    this.present.clear()
    this.texts.clear()
    this.#bytes.clear()
  }

  /** Takes rows of a column that fits: `fittingColumns` has checked it. */
  append(column: Column, from: number, to: number): void {
    if (column.kind === 'string') this.#appendTexts(column.values, from, to)
    else if (column.kind === 'boolean') this.#appendFlags(column.values, from, to)
    else if (isNumberColumn(column)) this.#appendNumbers(column.values.subarray(from, to))
  }

  #appendTexts(values: readonly (string | null)[], from: number, to: number): void {
    for (let row = from; row < to; row++) {
      const text = values[row]!
      this.present.add(text !== null)
      if (text !== null) this.texts.add(text)
    }
  }

  #appendFlags(values: readonly (boolean | null)[], from: number, to: number): void {
    for (let row = from; row < to; row++) {
      const bit = this.present.rows - this.present.missing
      const flag = values[row]!
      this.present.add(flag !== null)
      if (flag === null) continue
      if (bit % 8 === 0) {
        const { bytes, at } = this.#bytes.claim(1)
        bytes[at] = 0
      }
      if (flag) this.#bytes.setBit(bit)
    }
  }

  #appendNumbers(values: Float64Array | Float32Array): void {
    let missing = 0
    for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i])) missing++
    if (missing === 0) {
      this.present.addPresent(values.length)
      this.#appendPresent(values)
    } else {
      for (let i = 0; i < values.length; i++) this.present.add(!Number.isNaN(values[i]))
      this.#appendPresent(values.filter((value) => !Number.isNaN(value)))
    }
  }

  #appendPresent(values: Float64Array | Float32Array): void {
    const { kind } = this.stored
    if (kind === 'int32') this.#bytes.append(bytesOf(Int32Array.from(values)))
    else this.#bytes.append(bytesOf(kind === 'int64' ? halvesOf(values) : values))
  }
}

/** The two halves of each 64-bit integer, the low one first. */
function halvesOf(values: Float64Array | Float32Array): Int32Array {
  const halves = new Int32Array(2 * values.length)
  for (let i = 0; i < values.length; i++) {
    const high = Math.floor(values[i]! / 2 ** 32)
    halves[2 * i] = values[i]! - high * 2 ** 32
    halves[2 * i + 1] = high
  }
  return halves
}

function bytesOf({ buffer, byteOffset, byteLength }: Float64Array | Float32Array | Int32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}
