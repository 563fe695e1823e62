/** Extremes and moments of the numbers of a column, gathered stretch by stretch. */
export class NumberSummary {
  count = 0
  min = Number.POSITIVE_INFINITY
  max = Number.NEGATIVE_INFINITY
  mean = 0
  /** For each label, the lowest and the highest number, and how many there are; of the first rows once they overlap. */
  readonly labels: { low: number; high: number; rows: number }[] = []
  #squares = 0
  #doOverlap = false

  /** The sample's standard deviation; `null` of fewer than two numbers. */
  get standardDeviation(): number | null {
    return this.count < 2 ? null : Math.sqrt(this.#squares / (this.count - 1))
  }

  /** Adds a stretch of numbers. Two stretches are joined as by T. F. Chan, G. H. Golub and R. J. LeVeque (1979). */
  add(values: Float64Array | Float32Array, labels: Int32Array | undefined): void {
    const { count, sum, min, max } = extremesOf(values)
    if (count === 0) return
    if (min < this.min) this.min = min
    if (max > this.max) this.max = max
    const mean = sum / count
    const squares = squaresAround(values, mean)
    const apart = mean - this.mean
    const total = this.count + count
    this.#squares += squares + (apart * apart * this.count * count) / total
    this.mean += (apart * count) / total
    this.count = total
    // Ranges only grow: those that overlap will not part again.
    for (let from = 0; labels && from < values.length && !this.#doOverlap; from += 2_048) {
      this.#addByLabel(values.subarray(from, from + 2_048), labels.subarray(from, from + 2_048))
      this.#doOverlap = this.labels.filter(Boolean).length > 1 && !this.partsLabels
    }
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

// The loops over every number of a table. Most columns miss none: the sum shows it, and no number need be asked.

interface Extremes {
  readonly count: number
  readonly sum: number
  readonly min: number
  readonly max: number
}

function extremesOf(values: Float64Array | Float32Array): Extremes {
  let [even, odd] = [0, 0]
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  const last = values.length - 1
  for (let row = 0; row < last; row += 2) {
    const a = values[row]!
    const b = values[row + 1]!
    even += a
    odd += b
    if (a < min) min = a
    if (a > max) max = a
    if (b < min) min = b
    if (b > max) max = b
  }
  if (last % 2 === 0) {
    const a = values[last]!
    even += a
    if (a < min) min = a
    if (a > max) max = a
  }
  const sum = even + odd
  return Number.isNaN(sum) ? extremesOfPresent(values) : { count: values.length, sum, min, max }
}

function extremesOfPresent(values: Float64Array | Float32Array): Extremes {
  let [count, sum] = [0, 0]
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!
    if (Number.isNaN(value)) continue
    count++
    sum += value
    if (value < min) min = value
    if (value > max) max = value
  }
  return { count, sum, min, max }
}

function squaresAround(values: Float64Array | Float32Array, mean: number): number {
  let [even, odd] = [0, 0]
  const last = values.length - 1
  for (let row = 0; row < last; row += 2) {
    const a = values[row]! - mean
    const b = values[row + 1]! - mean
    even += a * a
    odd += b * b
  }
  if (last % 2 === 0) even += (values[last]! - mean) ** 2
  const sum = even + odd
  return Number.isNaN(sum) ? squaresOfPresent(values, mean) : sum
}

function squaresOfPresent(values: Float64Array | Float32Array, mean: number): number {
  let sum = 0
  for (let row = 0; row < values.length; row++) {
    const distance = values[row]! - mean
    if (!Number.isNaN(distance)) sum += distance * distance
  }
  return sum
}
