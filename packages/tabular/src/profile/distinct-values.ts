import { type Cell, type Column, cellOf } from '../table/column.ts'

/** Up to how many different values of a column are told apart. */
const MOST = 1_000

interface ValueCount {
  rows: number
  /** The label that all labelled rows with this value have; `none` yet, or `several`. */
  label: number | 'none' | 'several'
}

/** Counts the different values of a column, and with how many labels each occurs, until there are too many. */
export class DistinctValues {
  #values: Map<Cell, ValueCount> | undefined = new Map()

  /** `labels` has the label of each row as a number from 0, -1 where it is missing. */
  add(column: Column, labels: Int32Array | undefined): void {
    for (let row = 0; row < column.values.length && this.#values; row++) {
      const value = cellOf(column, row)
      if (value === null) continue
      const label = labels?.[row] ?? -1
      const known = this.#values.get(value)
      if (known) {
        known.rows++
        if (label < 0 || known.label === label) continue
        known.label = known.label === 'none' ? label : 'several'
      } else if (this.#values.size === MOST) this.#values = undefined
      else this.#values.set(value, { rows: 1, label: label < 0 ? 'none' : label })
    }
  }

  /** How many there are; `null` when too many. */
  get count(): number | null {
    return this.#values?.size ?? null
  }

  /** All of them, most frequent first; of equally frequent ones the first seen. None when there are too many. */
  get byFrequency(): { value: Cell; rows: number }[] {
    const values = [...(this.#values ?? [])].map(([value, { rows }]) => ({ value, rows }))
    return values.sort((a, b) => b.rows - a.rows)
  }

  /** For each value its one label; `undefined` where a value occurs with several, or there are too many values. */
  get labelOfEach(): number[] | undefined {
    const labels = [...(this.#values?.values() ?? [])].map(({ label }) => label)
    if (!this.#values || labels.includes('several')) return undefined
    return labels.filter((label) => typeof label === 'number')
  }
}
