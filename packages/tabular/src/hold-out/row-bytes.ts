import type { Column } from '../table/column.ts'

/**
 * Writes rows as canonical bytes, so that equal rows give equal bytes on every platform and in every version. For each
 * column, in the order given: a missing value is `00`; a number is `01` and its 64-bit float, little endian, -0 as 0;
 * text is `02`, its UTF-8 length in 4 bytes, little endian, and its bytes; a truth value is `03` and `00` or `01`.
 */
export class RowBytes {
  readonly #columns: readonly Column[]
  readonly #prefixLength: number
  #bytes: Buffer

  /** `prefix` comes before the bytes of every row. */
  constructor(columns: readonly Column[], prefix: Uint8Array) {
    this.#columns = columns
    this.#prefixLength = prefix.length
    this.#bytes = Buffer.alloc(prefix.length + columns.length * 16 + 64)
    this.#bytes.set(prefix)
  }

  /** The prefix and the bytes of one row, counted from 0. Valid until the next call. */
  of(row: number): Uint8Array {
    let at = this.#prefixLength
    for (const { values } of this.#columns) {
      const value = values[row]
      if (typeof value === 'string') at = this.#writeText(value, at)
      else {
        this.#reserve(at + 9)
        at = writeScalar(this.#bytes, value, at)
      }
    }
    return this.#bytes.subarray(0, at)
  }

  #writeText(text: string, at: number): number {
    const length = Buffer.byteLength(text)
    this.#reserve(at + 5 + length)
    this.#bytes[at] = 2
    this.#bytes.writeUInt32LE(length, at + 1)
    this.#bytes.write(text, at + 5)
    return at + 5 + length
  }

  #reserve(length: number): void {
    if (length <= this.#bytes.length) return
    const grown = Buffer.alloc(length * 2)
    grown.set(this.#bytes)
    this.#bytes = grown
  }
}

function writeScalar(bytes: Buffer, value: number | boolean | null | undefined, at: number): number {
  if (typeof value === 'boolean') {
    bytes[at] = 3
    bytes[at + 1] = value ? 1 : 0
    return at + 2
  }
  if (value === null || value === undefined || Number.isNaN(value)) {
    bytes[at] = 0
    return at + 1
  }
  bytes[at] = 1
  bytes.writeDoubleLE(value + 0, at + 1)
  return at + 9
}
