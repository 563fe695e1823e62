import { deflateRawSync, inflateRawSync } from 'node:zlib'

/** Consecutive rows of a table, by number. */
export interface RowRange {
  readonly firstRow: number
  readonly rows: number
}

/** No part of a table has more rows than this says of, whatever it claims. */
const MOST_BYTES = 128 * 1024 * 1024

/**
 * Some rows of a range as text, however many they are: base64 of raw-deflated bits, one a row, the lowest of a byte first,
 * set for a row that is among them. A thousand of 100,000 rows take about 2 KB, and any number at most 17 KB.
 */
export function packRows(among: readonly number[], { firstRow, rows }: RowRange): string {
  const bits = new Uint8Array(Math.ceil(rows / 8))
  for (const row of among) {
    const at = row - firstRow
    if (at >= 0 && at < rows) bits[at >> 3]! |= 1 << (at & 7)
  }
  return deflateRawSync(bits).toString('base64')
}

/** Whether a row is among those that were packed. Throws where the text is none that `packRows` made of this range. */
export function isPackedRow(packed: string, row: number, { firstRow, rows }: RowRange): boolean {
  const at = row - firstRow
  if (at < 0 || at >= rows) return false
  const length = Math.ceil(rows / 8)
  const bits = inflateRawSync(Buffer.from(packed, 'base64'), { maxOutputLength: Math.min(length, MOST_BYTES) })
  if (bits.length !== length) throw new TypeError(`The rows are ${bits.length} bytes where ${length} were packed.`)
  return ((bits[at >> 3]! >> (at & 7)) & 1) === 1
}
