import { openParquetBuffer, type ParquetFile, readFooter } from '../parquet/parquet-file.ts'
import { readRowGroups } from '../parquet/read-row-groups.ts'
import { type Column, cellOf, isNumberColumn } from '../table/column.ts'
import type { Table } from '../table/table.ts'
import { TableError } from '../table/table-error.ts'
import { type FeatureBatch, whyNoFeature } from './feature-batch.ts'
import type { FeatureOptions } from './feature-options.ts'
import { FeatureRows } from './feature-rows.ts'

/** Reads row groups of a Parquet file as features. One row group is held at a time. */
export async function* parquetFeatures(
  path: string,
  part: { readonly from: number; readonly to: number; readonly firstRow: number },
  options: FeatureOptions,
): AsyncGenerator<FeatureBatch, void, undefined> {
  const { features, key, batchRows } = options
  const { file, close } = await openParquetBuffer(path)
  try {
    const columns = [...new Set(key === undefined ? features : [...features, key])]
    const parquet = await readFooter(file, { columns, maxCells: Number.MAX_SAFE_INTEGER })
    demandNumbers(parquet, features)
    let { firstRow } = part
    for (let group = part.from; group < part.to; group++) {
      const table = await readRowGroups(parquet, { from: group, to: group + 1 })
      const rows = new TableRows(table, options)
      for (let from = 0; from < table.rowCount; from += batchRows) {
        yield rows.batch({ from, to: Math.min(table.rowCount, from + batchRows), firstRow: firstRow + from })
      }
      firstRow += table.rowCount
    }
  } finally {
    await close()
  }
}

/** Throws `TableError` `column_kind` for a feature that is text or truth values in the whole file. */
function demandNumbers({ plan }: ParquetFile, features: readonly string[]): void {
  const wrong = plan.filter(({ name, kind }) => features.includes(name) && (kind === 'string' || kind === 'boolean'))
  if (wrong.length === 0) return
  const named = wrong.map(({ name, kind }) => `"${name}" (${kind})`).join(', ')
  const message = `A feature must hold numbers, and these columns of the Parquet file do not: ${named}. Cast them to numbers where the file is made.`
  throw new TableError('column_kind', message, { column: wrong[0]!.name })
}

/** The rows of a table as features. */
class TableRows {
  readonly #names: readonly string[]
  readonly #columns: readonly (Float64Array | Float32Array)[]
  readonly #key: Column | undefined

  constructor(table: Table, { features, key }: FeatureOptions) {
    this.#names = features
    this.#columns = features.map((name) => {
      const column = table.column(name)
      return isNumberColumn(column) ? column.values : new Float64Array(table.rowCount).fill(Number.NaN)
    })
    this.#key = key === undefined ? undefined : table.column(key)
  }

  /** The rows from `from` up to and without `to`; `firstRow` is the number of the first of them. */
  batch(range: { from: number; to: number; firstRow: number }): FeatureBatch {
    const { from, to, firstRow } = range
    const width = this.#columns.length
    const features = new Float32Array((to - from) * width)
    let isSound = true
    for (let j = 0; j < width; j++)
      isSound = transpose(this.#columns[j]!, { from, to, into: features, j, width }) && isSound
    if (!isSound) return this.#sifted(range)
    const rows = new Float64Array(to - from)
    for (let i = 0; i < rows.length; i++) rows[i] = firstRow + i
    const keys = this.#key && Array.from(rows, (_, i) => this.#keyOf(from + i))
    return { seen: to - from, rows, features, keys: keys ?? null, refused: [] }
  }

  /** The same, of rows of which some are at fault: slower. */
  #sifted({ from, to, firstRow }: { from: number; to: number; firstRow: number }): FeatureBatch {
    const rows = new FeatureRows({
      width: this.#columns.length,
      batchRows: to - from,
      hasKeys: this.#key !== undefined,
    })
    for (let at = from; at < to; at++) {
      const row = firstRow + at - from
      const key = this.#keyOf(at)
      const wrong = this.#columns.findIndex((values) => whyNoFeature(values[at]!) !== undefined)
      if (wrong >= 0) {
        const reason = whyNoFeature(this.#columns[wrong]![at]!)!
        rows.refuse({ row, key, column: this.#names[wrong]!, reason })
      } else {
        const { next } = rows
        for (const [j, values] of this.#columns.entries()) next[j] = values[at]!
        rows.add(row, key)
      }
    }
    return rows.take()
  }

  #keyOf(at: number): string | null {
    const cell = this.#key ? cellOf(this.#key, at) : null
    return cell === null ? null : String(cell)
  }
}

/** Puts one column into its place in each row; `false` where a value is not finite in 32 bits. */
function transpose(
  values: Float64Array | Float32Array,
  { from, to, into, j, width }: { from: number; to: number; into: Float32Array; j: number; width: number },
): boolean {
  let isSound = true
  let place = j
  for (let at = from; at < to; at++) {
    const value = Math.fround(values[at]!)
    into[place] = value
    place += width
    if (value - value !== 0) isSound = false
  }
  return isSound
}
