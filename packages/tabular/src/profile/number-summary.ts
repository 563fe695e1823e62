/** Extremes and moments of the numbers of a column, gathered stretch by stretch. */
export class NumberSummary {
  count = 0
  min = Number.POSITIVE_INFINITY
  max = Number.NEGATIVE_INFINITY
  mean = 0
  /** For each label, the lowest and the highest number, and how many there are. */
  readonly labels: { low: number; high: number; rows: number }[] = []
  #squares = 0

  /** The sample's standard deviation; `null` of fewer than two numbers. */
  get standardDeviation(): number | null {
    return this.count < 2 ? null : Math.sqrt(this.#squares / (this.count - 1))
  }

  /** Adds a stretch of numbers. Two stretches are joined as by T. F. Chan, G. H. Golub and R. J. LeVeque (1979). */
  add(values: Float64Array | Float32Array, labels: Int32Array | undefined): void {
    let count = 0
    let sum = 0
    for (let row = 0; row < values.length; row++) {
      const value = values[row]!
      if (Number.isNaN(value)) continue
      count++
      sum += value
      if (value < this.min) this.min = value
      if (value > this.max) this.max = value
    }
    if (count === 0) return
    const mean = sum / count
    let squares = 0
    for (let row = 0; row < values.length; row++) {
      const distance = values[row]! - mean
      if (!Number.isNaN(distance)) squares += distance * distance
    }
    const apart = mean - this.mean
    const total = this.count + count
    this.#squares += squares + (apart * apart * this.count * count) / total
    this.mean += (apart * count) / total
    this.count = total
    if (labels) this.#addByLabel(values, labels)
  }

  #addByLabel(values: Float64Array | Float32Array, labels: Int32Array): void {
    for (let row = 0; row < values.length; row++) {
      const value = values[row]!
      const label = labels[row]!
      if (label < 0 || Number.isNaN(value)) continue
      this.labels[label] ??= { low: value, high: value, rows: 0 }
      const range = this.labels[label]
      range.rows++
      if (value < range.low) range.low = value
      else if (value > range.high) range.high = value
    }
  }

  /** Whether the numbers of each label lie in a range of their own, apart from those of every other. */
  get partsLabels(): boolean {
    const ranges = this.labels.filter(Boolean).sort((a, b) => a.low - b.low)
    return ranges.length > 1 && ranges.every((range, i) => i === 0 || ranges[i - 1]!.high < range.low)
  }
}
