import { hash } from 'node:crypto'
import type { Table } from '../table/table.ts'
import { TableError } from '../table/table-error.ts'
import { RowBytes } from './row-bytes.ts'

/** How to hold rows out. */
export interface SplitByRowHashOptions {
  /** Any text, one per model: all versions of a model then share one hold-out. Never take a new one per run. */
  readonly seed: string
  /** The share of rows to hold out, above 0 and below 1; 0.2 by default. */
  readonly testShare?: number
  /** The columns that identify a row; all by default. Leave out what may be corrected later, such as a label. */
  readonly columns?: readonly string[]
}

/** Rows to learn from, and rows held out. Each keeps the order of the table. */
export interface RowSplit {
  readonly train: Table
  readonly test: Table
}

/**
 * Splits a table by a stable hash of each row's content. Whether a row is held out depends on nothing but its own
 * values and the seed: not on its place, not on other rows, not on the run. Equal rows land on one side. New data
 * leaves old rows where they were.
 *
 * The rule, fixed for good: a row is in `test` when the first 53 bits of SHA-256(`airlock-row-hash-v1` 00, seed in
 * UTF-8, 00, row bytes), read as a big-endian number, are below `testShare` times 2^53. The row bytes hold the columns in
 * the order of their names by UTF-8, each cell as a tag byte (00 missing, 01 number, 02 text, 03 truth value) and its
 * value (64-bit float, little endian; text with its length in 4 bytes, little endian; one byte). A float32 column
 * counts with its rounded values.
 *
 * The share is met on average only, and there can be no stratification: a row that moved to balance the classes would
 * depend on the other rows.
 *
 * Throws `TableError`: `setting_invalid` for a share out of range, a seed that is empty or has a NUL, or no columns;
 * `column_unknown`.
 */
export function splitByRowHash(table: Table, options: SplitByRowHashOptions): RowSplit {
  const testShare = options.testShare ?? 0.2
  checkSettings(options.seed, testShare)
  const names = [...(options.columns ?? table.columnNames)].sort((a, b) =>
    Buffer.compare(Buffer.from(a), Buffer.from(b)),
  )
  if (names.length === 0) throw new TableError('setting_invalid', 'A hold-out by row hash needs at least one column.')
  const rowBytes = new RowBytes(
    names.map((name) => table.column(name)),
    Buffer.from(`airlock-row-hash-v1\0${options.seed}\0`),
  )
  const limit = testShare * 2 ** 53
  const train: number[] = []
  const test: number[] = []
  for (let row = 0; row < table.rowCount; row++) {
    const digest = hash('sha256', rowBytes.of(row), 'buffer')
    const first53Bits = digest.readUInt32BE(0) * 2 ** 21 + (digest.readUInt32BE(4) >>> 11)
    if (first53Bits < limit) test.push(row)
    else train.push(row)
  }
  return { train: table.take(train), test: table.take(test) }
}

function checkSettings(seed: string, testShare: number): void {
  if (seed === '' || seed.includes('\0')) {
    throw new TableError(
      'setting_invalid',
      'The seed of a hold-out must be text that is not empty and has no NUL character.',
    )
  }
  if (testShare > 0 && testShare < 1) return
  throw new TableError('setting_invalid', `testShare is ${testShare}; it must be above 0 and below 1, such as 0.2.`)
}
