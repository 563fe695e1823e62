import { type BinnedFeature, thresholdBetween } from './binned-features.ts'
import { partRows } from './part-rows.ts'
import { TreeBuilder, type TreeShape } from './tree.ts'

/** One tree of a boosted model. */
export interface BoostedTree extends TreeShape {
  /** The class whose score the leaves add to. */
  readonly target: number
  /** What a leaf adds to that score; 0 where the node is no leaf. */
  readonly values: Float32Array
}

/** What one boosted tree is grown from. */
export interface BoostedTreeSettings {
  readonly features: readonly BinnedFeature[]
  readonly target: number
  /** First and second derivative of the loss of each row. */
  readonly gradients: Float64Array
  readonly curvatures: Float64Array
  readonly maxDepth: number
  readonly minSamplesLeaf: number
  readonly l2: number
  /** What a leaf answers whose best step is this. */
  readonly leafValue: (step: number) => number
  /** The scores of the rows; each leaf's value is added to those of its own. */
  readonly addTo: Float64Array
}

interface Node {
  readonly start: number
  readonly end: number
  readonly depth: number
  readonly parent: number
  readonly side: 'left' | 'right'
}

interface BoostedSplit {
  readonly feature: number
  readonly lower: number
  readonly upper: number
  readonly gain: number
}

/** Grows one tree, each node parted where the loss falls most, while it falls. */
export function growBoostedTree(settings: BoostedTreeSettings): BoostedTree {
  const { features, gradients, curvatures } = settings
  const rows = Int32Array.from(gradients.keys())
  const finder = new GainFinder(settings, rows)
  const builder = new TreeBuilder(1)
  const tasks: Node[] = [{ start: 0, end: rows.length, depth: 0, parent: -1, side: 'left' }]
  for (let task = tasks.pop(); task; task = tasks.pop()) {
    let gradient = 0
    let curvature = 0
    for (let i = task.start; i < task.end; i++) {
      gradient += gradients[rows[i]!]!
      curvature += curvatures[rows[i]!]!
    }
    const split = task.depth < settings.maxDepth ? finder.find(task, { gradient, curvature }) : undefined
    const value = split ? 0 : settings.leafValue(-gradient / Math.max(curvature + settings.l2, 1e-12))
    const index = builder.addLeaf([value])
    if (task.parent >= 0) builder.link(task.parent, task.side, index)
    if (!split) {
      for (let i = task.start; i < task.end; i++) settings.addTo[rows[i]!]! += value
      continue
    }
    const feature = features[split.feature]!
    builder.split(index, split.feature, thresholdBetween(feature, split.lower, split.upper))
    const middle = partRows({ rows, start: task.start, end: task.end }, feature.bins, split.lower)
    const below = { depth: task.depth + 1, parent: index }
    tasks.push({ ...below, start: middle, end: task.end, side: 'right' })
    tasks.push({ ...below, start: task.start, end: middle, side: 'left' })
  }
  const { shape, values } = builder.finish()
  return { ...shape, target: settings.target, values: Float32Array.from(values) }
}

/** Finds the parting of a node that gains most, from a histogram of derivatives by bin. */
class GainFinder {
  readonly #settings: BoostedTreeSettings
  readonly #rows: Int32Array
  readonly #gradients = new Float64Array(256)
  readonly #curvatures = new Float64Array(256)
  readonly #counts = new Uint32Array(256)

  constructor(settings: BoostedTreeSettings, rows: Int32Array) {
    this.#settings = settings
    this.#rows = rows
  }

  find(node: { start: number; end: number }, total: { gradient: number; curvature: number }): BoostedSplit | undefined {
    let best: BoostedSplit | undefined
    for (const [feature, { bins }] of this.#settings.features.entries()) {
      this.#fill(node, bins)
      best = this.#bestOf({ feature, rowCount: node.end - node.start, ...total }, best)
    }
    return best
  }

  #fill(node: { start: number; end: number }, bins: Uint8Array): void {
    const { gradients, curvatures } = this.#settings
    this.#gradients.fill(0)
    this.#curvatures.fill(0)
    this.#counts.fill(0)
    for (let i = node.start; i < node.end; i++) {
      const row = this.#rows[i]!
      const bin = bins[row]!
      this.#gradients[bin]! += gradients[row]!
      this.#curvatures[bin]! += curvatures[row]!
      this.#counts[bin]! += 1
    }
  }

  #bestOf(
    node: { feature: number; rowCount: number; gradient: number; curvature: number },
    bestSoFar: BoostedSplit | undefined,
  ): BoostedSplit | undefined {
    const { minSamplesLeaf, l2 } = this.#settings
    const worth = (gradient: number, curvature: number) => gradient ** 2 / Math.max(curvature + l2, 1e-12)
    const before = worth(node.gradient, node.curvature)
    let best = bestSoFar
    let lower = -1
    let [rows, gradient, curvature] = [0, 0, 0]
    for (let bin = 0; bin < 256; bin++) {
      const count = this.#counts[bin]!
      if (count === 0) continue
      if (lower >= 0 && rows >= minSamplesLeaf && node.rowCount - rows >= minSamplesLeaf) {
        const gain = worth(gradient, curvature) + worth(node.gradient - gradient, node.curvature - curvature) - before
        if (gain > Math.max(1e-9, best?.gain ?? 0)) best = { feature: node.feature, lower, upper: bin, gain }
      }
      rows += count
      gradient += this.#gradients[bin]!
      curvature += this.#curvatures[bin]!
      lower = bin
    }
    return best
  }
}
