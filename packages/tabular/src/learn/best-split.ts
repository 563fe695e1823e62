import type { BinnedFeature } from './binned-features.ts'

/** Rows of one node: a stretch of `rows`, each counted `weights[row]` times. */
export interface NodeRows {
  readonly rows: Int32Array
  readonly start: number
  readonly end: number
  /** How often each class occurs in the node, by weight. */
  readonly counts: Float64Array
}

/** The parting of a node that leaves its children purest. */
export interface Split {
  readonly feature: number
  /** The last bin that goes left, and the first that occurs on the right. */
  readonly lower: number
  readonly upper: number
  readonly score: number
}

/** Finds the best parting of a node by one feature, from a histogram of classes by bin. */
export class SplitFinder {
  readonly #labels: ArrayLike<number>
  readonly #weights: Uint32Array
  readonly #classCount: number
  readonly #minSamplesLeaf: number
  readonly #histogram: Uint32Array
  readonly #left: Float64Array

  constructor(data: { labels: ArrayLike<number>; weights: Uint32Array; classCount: number; minSamplesLeaf: number }) {
    this.#labels = data.labels
    this.#weights = data.weights
    this.#classCount = data.classCount
    this.#minSamplesLeaf = data.minSamplesLeaf
    this.#histogram = new Uint32Array(256 * data.classCount)
    this.#left = new Float64Array(data.classCount)
  }

  /** The best split by this feature, or `undefined` when all its values in the node share a bin. */
  find(node: NodeRows, binned: BinnedFeature, feature: number): Split | undefined {
    const [first, last] = this.#fill(node, binned.bins)
    const total = node.counts.reduce((sum, count) => sum + count, 0)
    const classes = this.#classCount
    const left = this.#left.fill(0)
    let best: Split | undefined
    let lower = -1
    let leftTotal = 0
    for (let bin = first; bin <= last; bin++) {
      let inBin = 0
      for (let c = 0; c < classes; c++) inBin += this.#histogram[bin * classes + c]!
      if (inBin === 0) continue
      if (lower >= 0 && leftTotal >= this.#minSamplesLeaf && total - leftTotal >= this.#minSamplesLeaf) {
        const score = purity(left, node.counts, { leftTotal, total })
        if (!best || score > best.score) best = { feature, lower, upper: bin, score }
      }
      for (let c = 0; c < classes; c++) left[c]! += this.#histogram[bin * classes + c]!
      leftTotal += inBin
      lower = bin
    }
    return best
  }

  #fill(node: NodeRows, bins: Uint8Array): [number, number] {
    const classes = this.#classCount
    let first = 255
    let last = 0
    for (let i = node.start; i < node.end; i++) {
      const bin = bins[node.rows[i]!]!
      if (bin < first) first = bin
      if (bin > last) last = bin
    }
    this.#histogram.fill(0, first * classes, (last + 1) * classes)
    for (let i = node.start; i < node.end; i++) {
      const row = node.rows[i]!
      this.#histogram[bins[row]! * classes + this.#labels[row]!]! += this.#weights[row]!
    }
    return [first, last]
  }
}

/** The sum of squared class counts over size, on both sides: the larger, the lower the Gini impurity. */
function purity(left: Float64Array, counts: Float64Array, size: { leftTotal: number; total: number }): number {
  let leftSquares = 0
  let rightSquares = 0
  for (let c = 0; c < left.length; c++) {
    leftSquares += left[c]! ** 2
    rightSquares += (counts[c]! - left[c]!) ** 2
  }
  return leftSquares / size.leftTotal + rightSquares / (size.total - size.leftTotal)
}
