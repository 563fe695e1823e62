import { createReadStream } from 'node:fs'
import { numberOf } from '../csv/cell-numbers.ts'
import { CsvSplitter } from '../csv/csv-splitter.ts'
import { TableError } from '../table/table-error.ts'
import { unreadableFile } from '../table/unreadable-file.ts'
import { type FeatureBatch, whyNoFeature } from './feature-batch.ts'
import type { FeatureOptions } from './feature-options.ts'
import { FeatureRows } from './feature-rows.ts'

/** A range of bytes of a CSV file that holds whole rows, and the names of its columns. */
export interface CsvRange {
  readonly from: number
  readonly to: number
  /** The number of its first row, counted from 1. */
  readonly firstRow: number
  readonly header: readonly string[]
}

/** Reads rows of a CSV file as features. A cell that is no number refuses its row; so does a row of another width. */
export async function* csvFeatures(
  path: string,
  range: CsvRange,
  options: FeatureOptions,
): AsyncGenerator<FeatureBatch, void, undefined> {
  const { batchRows, features, key } = options
  const ready: FeatureBatch[] = []
  const rows = new FeatureRows({ width: features.length, batchRows, hasKeys: key !== undefined })
  const reader = new RowReader(range, options)
  const splitter = new CsvSplitter(
    (cells) => {
      reader.read(cells, rows)
      if (rows.seen === batchRows) ready.push(rows.take())
    },
    { recordsBefore: range.firstRow },
  )
  for await (const text of textOf(path, range)) {
    splitter.push(text)
    yield* ready.splice(0)
  }
  splitter.end()
  if (rows.seen > 0) ready.push(rows.take())
  yield* ready
}

class RowReader {
  readonly #header: readonly string[]
  readonly #features: readonly { name: string; at: number }[]
  readonly #keyAt: number
  #row: number

  constructor({ header, firstRow }: CsvRange, { features, key }: FeatureOptions) {
    this.#header = header
    this.#features = features.map((name) => ({ name, at: header.indexOf(name) }))
    this.#keyAt = key === undefined ? -1 : header.indexOf(key)
    this.#row = firstRow
  }

  read(cells: readonly string[], rows: FeatureRows): void {
    const row = this.#row++
    if (cells.length !== this.#header.length) {
      const reason = `has ${cells.length} cells, and the header ${this.#header.length}`
      rows.refuse({ row, key: null, column: null, reason })
      return
    }
    const key = this.#keyAt < 0 ? null : cells[this.#keyAt]! || null
    const { next } = rows
    for (let j = 0; j < this.#features.length; j++) {
      const { name, at } = this.#features[j]!
      const value = numberOf(cells[at]!)
      next[j] = value ?? Number.NaN
      if (next[j]! - next[j]! === 0) continue
      const reason = value === undefined ? `is ${shown(cells[at]!)}, which is no finite number` : whyNoFeature(value)!
      rows.refuse({ row, key, column: name, reason })
      return
    }
    rows.add(row, key)
  }
}

async function* textOf(path: string, { from, to }: CsvRange): AsyncGenerator<string> {
  if (from >= to) return
  const decoder = new TextDecoder('utf-8', { fatal: true })
  try {
    const chunks = createReadStream(path, { start: from, end: to - 1, highWaterMark: 2 ** 18 })
    for await (const chunk of chunks) yield decoder.decode(chunk as Uint8Array, { stream: true })
    yield decoder.decode()
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
      throw new TableError('csv_malformed', 'The CSV file is not UTF-8 text. Save it as UTF-8.', { cause })
    }
    throw unreadableFile(path, cause as NodeJS.ErrnoException)
  }
}

function shown(cell: string): string {
  return JSON.stringify(cell.length > 60 ? `${cell.slice(0, 60)}…` : cell)
}
