import type { FeatureMatrix } from './feature-matrix.ts'

/** Finds, among some rows of a matrix, the nearest to one of them. Compares with each, so it is for thousands of rows. */
export class NearestRows {
  /** The rows that are looked among, by their number in the matrix. */
  readonly rows: readonly number[]
  readonly #points: Float64Array
  readonly #width: number
  readonly #known = new Map<number, number[]>()

  constructor(features: FeatureMatrix, rows: readonly number[]) {
    this.rows = rows
    this.#width = features.columns.length
    this.#points = new Float64Array(rows.length * this.#width)
    for (const [place, row] of rows.entries()) {
      for (const [f, column] of features.columns.entries()) this.#points[place * this.#width + f] = column[row]!
    }
  }

  /** The `count` rows nearest to the one at this place, itself left out; of equally near ones those that come first. */
  of(place: number, count: number): number[] {
    const known = this.#known.get(place)
    if (known) return known
    const distances = Float64Array.from(this.rows, (_, other) => this.#distance(place, other))
    distances[place] = Number.POSITIVE_INFINITY
    const nearest: number[] = []
    for (let other = 0; other < distances.length; other++) {
      if (other === place) continue
      if (nearest.length === count && distances[other]! >= distances[nearest[count - 1]!]!) continue
      let at = nearest.length
      while (at > 0 && distances[nearest[at - 1]!]! > distances[other]!) at--
      nearest.splice(at, 0, other)
      if (nearest.length > count) nearest.pop()
    }
    const rows = nearest.map((other) => this.rows[other]!)
    this.#known.set(place, rows)
    return rows
  }

  #distance(a: number, b: number): number {
    let sum = 0
    for (let f = 0; f < this.#width; f++) {
      sum += (this.#points[a * this.#width + f]! - this.#points[b * this.#width + f]!) ** 2
    }
    return sum
  }
}
