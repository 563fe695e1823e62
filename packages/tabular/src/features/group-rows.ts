import { type Column, cellOf, isNumberColumn } from '../table/column.ts'
import { type FeatureBatch, whyNoFeature } from './feature-batch.ts'
import { FeatureRows } from './feature-rows.ts'

/** The rows of one row group as features, filled column by column. */
export class GroupRows {
  readonly rowCount: number
  readonly #names: readonly string[]
  readonly #features: Float32Array
  /** Of rows that cannot be scored, which feature is the first at fault (1 the first), and what it is. */
  #faults: { columns: Uint16Array; values: Float64Array } | undefined
  key: Column | undefined

  constructor({ rowCount, names }: { rowCount: number; names: readonly string[] }) {
    this.rowCount = rowCount
    this.#names = names
    this.#features = new Float32Array(rowCount * names.length)
  }

  /** Takes the feature at `at`. */
  fill(at: number, column: Column): void {
    // That it holds numbers was checked by the plan.
    const values = isNumberColumn(column) ? column.values : new Float64Array(this.rowCount).fill(Number.NaN)
    const width = this.#names.length
    let place = at
    let isSound = true
    for (let row = 0; row < values.length; row++) {
      const value = Math.fround(values[row]!)
      this.#features[place] = value
      place += width
      if (value - value !== 0) isSound = false
    }
    if (!isSound) this.#note(at, values)
  }

  /** The rows from `from` up to and without `to`; `firstRow` is the number of the first of them. */
  batch(range: { from: number; to: number; firstRow: number }): FeatureBatch {
    const { from, to, firstRow } = range
    const width = this.#names.length
    if (this.#faults?.columns.subarray(from, to).some((column) => column > 0)) return this.#sifted(range)
    const rows = new Float64Array(to - from)
    for (let at = 0; at < rows.length; at++) rows[at] = firstRow + at
    return {
      seen: to - from,
      rows,
      features: this.#features.subarray(from * width, to * width),
      keys: this.key ? Array.from(rows, (_, at) => this.#keyOf(from + at)) : null,
      refused: [],
    }
  }

  #note(at: number, values: Float64Array | Float32Array): void {
    this.#faults ??= { columns: new Uint16Array(this.rowCount), values: new Float64Array(this.rowCount) }
    const faults = this.#faults
    for (let row = 0; row < values.length; row++) {
      const value = values[row]!
      if (faults.columns[row] !== 0 || whyNoFeature(value) === undefined) continue
      faults.columns[row] = at + 1
      faults.values[row] = value
    }
  }

  #sifted({ from, to, firstRow }: { from: number; to: number; firstRow: number }): FeatureBatch {
    const width = this.#names.length
    const rows = new FeatureRows({ width, batchRows: to - from, hasKeys: this.key !== undefined })
    for (let at = from; at < to; at++) {
      const row = firstRow + at - from
      const key = this.#keyOf(at)
      const column = this.#faults?.columns[at] ?? 0
      if (column > 0) {
        const reason = whyNoFeature(this.#faults!.values[at]!)!
        rows.refuse({ row, key, column: this.#names[column - 1]!, reason })
      } else {
        rows.next.set(this.#features.subarray(at * width, (at + 1) * width))
        rows.add(row, key)
      }
    }
    return rows.take()
  }

  #keyOf(at: number): string | null {
    const cell = this.key ? cellOf(this.key, at) : null
    return cell === null ? null : String(cell)
  }
}
