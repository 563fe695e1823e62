/** Where to look for the bin of a value: so many cells of equal width between the first edge and the last. */
const CELLS = 256

/** Counts numbers into fixed bins, in memory that does not grow. */
export class NumberBins {
  readonly counts: Float64Array
  readonly sums: Float64Array
  missing = 0
  readonly #edges: Float64Array
  readonly #low: number
  readonly #high: number
  readonly #cellsPerUnit: number
  /** For each cell the first bin that a value in it can be in. */
  readonly #firstBin: Uint8Array

  /** Edges ascend; there are at most 255. */
  constructor(edges: readonly number[]) {
    this.#edges = Float64Array.from(edges)
    this.counts = new Float64Array(edges.length + 1)
    this.sums = new Float64Array(edges.length + 1)
    this.#low = edges[0] ?? 0
    this.#high = edges.at(-1) ?? 0
    const width = this.#high - this.#low
    this.#cellsPerUnit = width > 0 && Number.isFinite(CELLS / width) ? CELLS / width : 0
    this.#firstBin = Uint8Array.from({ length: CELLS }, (_, cell) => {
      // A cell earlier than its share of the width: roundings never lead past the bin.
      const from = this.#cellsPerUnit > 0 ? this.#low + (cell - 1) / this.#cellsPerUnit : Number.NEGATIVE_INFINITY
      return edges.filter((edge) => edge < from).length
    })
  }

  /** Adds every `stride`th value from `from` on, `rows` in all; NaN is a missing one. */
  add(values: Float32Array, { from, stride, rows }: { from: number; stride: number; rows: number }): void {
    const { counts, sums } = this
    const edges = this.#edges
    const low = this.#low
    const high = this.#high
    const last = edges.length
    const end = from + rows * stride
    for (let at = from; at < end; at += stride) {
      const value = values[at]!
      let bin = 0
      if (value > high) bin = last
      else if (value > low) {
        bin = this.#firstBin[Math.min(CELLS - 1, ((value - low) * this.#cellsPerUnit) | 0)]!
        while (value > edges[bin]!) bin++
      } else if (Number.isNaN(value)) {
        this.missing++
        continue
      }
      counts[bin] = counts[bin]! + 1
      sums[bin] = sums[bin]! + value
    }
  }

  /** Adds what was counted into bins of the same edges; nothing where there are others. */
  addCounts({ counts, sums, missing }: { counts: ArrayLike<number>; sums: ArrayLike<number>; missing: number }): void {
    if (counts.length !== this.counts.length || sums.length !== counts.length) return
    this.missing += missing
    for (let bin = 0; bin < counts.length; bin++) {
      this.counts[bin] = this.counts[bin]! + counts[bin]!
      this.sums[bin] = this.sums[bin]! + sums[bin]!
    }
  }

  /** How many values are in all bins. */
  get count(): number {
    return this.counts.reduce((sum, count) => sum + count, 0)
  }

  clear(): void {
    this.counts.fill(0)
    this.sums.fill(0)
    this.missing = 0
  }
}
