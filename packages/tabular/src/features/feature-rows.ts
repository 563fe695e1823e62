import type { FeatureBatch, RefusedRow } from './feature-batch.ts'

/** Gathers rows into batches, one value after the other. */
export class FeatureRows {
  readonly #width: number
  readonly #hasKeys: boolean
  readonly #values: Float32Array
  readonly #numbers: Float64Array
  #keys: (string | null)[] = []
  #refused: RefusedRow[] = []
  #rows = 0
  #seen = 0

  constructor({ width, batchRows, hasKeys }: { width: number; batchRows: number; hasKeys: boolean }) {
    this.#width = width
    this.#hasKeys = hasKeys
    this.#values = new Float32Array(width * batchRows)
    this.#numbers = new Float64Array(batchRows)
  }

  get seen(): number {
    return this.#seen
  }

  /** The values of the next row, to be filled before `add`; without it they are those of the row after. */
  get next(): Float32Array {
    return this.#values.subarray(this.#rows * this.#width, (this.#rows + 1) * this.#width)
  }

  add(row: number, key: string | null): void {
    this.#numbers[this.#rows++] = row
    if (this.#hasKeys) this.#keys.push(key)
    this.#seen++
  }

  refuse(refused: RefusedRow): void {
    this.#refused.push(refused)
    this.#seen++
  }

  /** What was gathered, as a batch of its own. */
  take(): FeatureBatch {
    const batch = {
      seen: this.#seen,
      rows: this.#numbers.slice(0, this.#rows),
      features: this.#values.slice(0, this.#rows * this.#width),
      keys: this.#hasKeys ? this.#keys : null,
      refused: this.#refused,
    }
    this.#keys = []
    this.#refused = []
    this.#rows = 0
    this.#seen = 0
    return batch
  }
}
