import type { ParquetType } from 'hyparquet'
import type { ColumnBuilder } from './column-builder.ts'
import { malformedParquet } from './parquet-malformed.ts'

/** A page of plain values: `rows` rows, of which `count` hold a value; `present` is left out where all do. */
export interface PlainPage {
  readonly rows: number
  readonly count: number
  readonly present: Uint8Array | undefined
  readonly values: Uint8Array
}

/** Adds the rows of a page of plain values. Throws `TableError` `parquet_malformed` where it has too few bytes. */
export function addPlain(page: PlainPage, type: ParquetType | undefined, into: ColumnBuilder): void {
  const { rows, count, present, values } = page
  if (type === 'BYTE_ARRAY') {
    addTexts(page, decodeTexts(values, count), into)
  } else if (type === 'BOOLEAN') {
    addFlags(page, into)
  } else if (present) {
    addNumbers(page, takeNumbers(values, { count, type }), into)
  } else {
    takeNumbers(values, { count, type, target: into.claimNumbers(rows) })
  }
}

function addFlags({ rows, count, present, values }: PlainPage, into: ColumnBuilder): void {
  if (values.length < Math.ceil(count / 8)) throw tooShort()
  for (let row = 0, bit = 0; row < rows; row++) {
    if (present?.[row] === 0) {
      into.add(null)
    } else {
      into.add(((values[bit >> 3]! >> (bit & 7)) & 1) === 1)
      bit++
    }
  }
}

/** Adds numbers to the rows of a page that hold one. */
export function addNumbers({ rows, present }: PlainPage, numbers: ArrayLike<number>, into: ColumnBuilder): void {
  const target = into.claimNumbers(rows)
  for (let row = 0, at = 0; row < rows; row++) target[row] = present?.[row] === 0 ? Number.NaN : numbers[at++]!
}

/** Adds texts to the rows of a page that hold one. */
export function addTexts({ rows, present }: PlainPage, texts: ArrayLike<string>, into: ColumnBuilder): void {
  for (let row = 0, at = 0; row < rows; row++) into.add(present?.[row] === 0 ? null : texts[at++]!)
}

/** Texts, each behind its length in four bytes. */
export function decodeTexts(bytes: Uint8Array, count: number): string[] {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const texts = []
  let at = 0
  for (let i = 0; i < count; i++) {
    if (at + 4 > view.length) throw tooShort()
    const end = at + 4 + view.readUInt32LE(at)
    if (end > view.length) throw tooShort()
    texts.push(view.toString('utf8', at + 4, end))
    at = end
  }
  return texts
}

type Numbers = Float64Array | Float32Array | Int32Array

/** Numbers in four or eight bytes each, as 64-bit floats or into `target`. */
export function takeNumbers(
  bytes: Uint8Array,
  { count, type, target }: { count: number; type: ParquetType | undefined; target?: Float64Array | Float32Array },
): ArrayLike<number> {
  if (type === 'DOUBLE' || type === 'FLOAT') {
    return copied(bytes, target ?? (type === 'DOUBLE' ? new Float64Array(count) : new Float32Array(count)))
  }
  const numbers = target ?? new Float64Array(count)
  if (type === 'INT32') {
    numbers.set(copied(bytes, new Int32Array(count)))
    return numbers
  }
  const halves = copied(bytes, new Int32Array(2 * count))
  for (let i = 0; i < count; i++) numbers[i] = halves[2 * i + 1]! * 2 ** 32 + (halves[2 * i]! >>> 0)
  return numbers
}

function copied<T extends Numbers>(bytes: Uint8Array, into: T): T {
  if (bytes.length < into.byteLength) throw tooShort()
  new Uint8Array(into.buffer, into.byteOffset, into.byteLength).set(bytes.subarray(0, into.byteLength))
  return into
}

function tooShort(): Error {
  return malformedParquet('a page ends before its values')
}
