import { uniformInt } from 'pure-rand/distribution/uniformInt'
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator'
import { type NodeRows, type Split, SplitFinder } from './best-split.ts'
import { type BinnedFeature, thresholdBetween } from './binned-features.ts'
import { partRows } from './part-rows.ts'
import { partsOf, type Tree, TreeBuilder } from './tree.ts'

/** What every tree of a forest is grown from. */
export interface GrowSettings {
  readonly features: readonly BinnedFeature[]
  /** The class of each row, counted from 0. */
  readonly labels: ArrayLike<number>
  readonly classCount: number
  readonly maxDepth: number
  readonly minSamplesLeaf: number
  /** How many features a node looks at, of those that vary in it. */
  readonly maxFeatures: number
}

interface Task {
  readonly start: number
  readonly end: number
  readonly depth: number
  readonly parent: number
  readonly side: 'left' | 'right'
}

/** Grows one tree on a bootstrap sample: as many rows as there are, drawn with replacement. */
export function growTree(settings: GrowSettings, random: RandomGenerator): Tree {
  const { features, labels, classCount } = settings
  const weights = bootstrapWeights(labels.length, random)
  const rows = Int32Array.from(weights.keys()).filter((row) => weights[row]! > 0)
  const finder = new SplitFinder({ labels, weights, classCount, minSamplesLeaf: settings.minSamplesLeaf })
  const candidates = Int32Array.from(features.keys())
  const builder = new TreeBuilder(classCount)
  const tasks: Task[] = [{ start: 0, end: rows.length, depth: 0, parent: -1, side: 'left' }]
  for (let task = tasks.pop(); task; task = tasks.pop()) {
    const node: NodeRows = { rows, start: task.start, end: task.end, counts: new Float64Array(classCount) }
    for (let i = task.start; i < task.end; i++) node.counts[labels[rows[i]!]!]! += weights[rows[i]!]!
    const index = builder.addLeaf(partsOf(node.counts))
    if (task.parent >= 0) builder.link(task.parent, task.side, index)
    if (task.depth >= settings.maxDepth || isPure(node.counts)) continue
    const split = drawSplit(node, { settings, finder, candidates, random })
    if (!split) continue
    const feature = features[split.feature]!
    builder.split(index, split.feature, thresholdBetween(feature, split.lower, split.upper))
    const middle = partRows(node, feature.bins, split.lower)
    const below = { depth: task.depth + 1, parent: index }
    tasks.push({ ...below, start: middle, end: task.end, side: 'right' })
    tasks.push({ ...below, start: task.start, end: middle, side: 'left' })
  }
  const { shape, values } = builder.finish()
  return { ...shape, parts: Uint16Array.from(values) }
}

function bootstrapWeights(rowCount: number, random: RandomGenerator): Uint32Array {
  const weights = new Uint32Array(rowCount)
  for (let i = 0; i < rowCount; i++) weights[uniformInt(random, 0, rowCount - 1)]! += 1
  return weights
}

function isPure(counts: Float64Array): boolean {
  return counts.reduce((classes, count) => classes + (count > 0 ? 1 : 0), 0) <= 1
}

/** Looks at features in a random order until enough of them could part the node, and returns the best parting. */
function drawSplit(
  node: NodeRows,
  with_: { settings: GrowSettings; finder: SplitFinder; candidates: Int32Array; random: RandomGenerator },
): Split | undefined {
  const { settings, finder, candidates, random } = with_
  let best: Split | undefined
  let usable = 0
  for (let i = 0; i < candidates.length && usable < settings.maxFeatures; i++) {
    const j = uniformInt(random, i, candidates.length - 1)
    const feature = candidates[j]!
    candidates[j] = candidates[i]!
    candidates[i] = feature
    const split = finder.find(node, settings.features[feature]!, feature)
    if (!split) continue
    usable++
    if (!best || split.score > best.score) best = split
  }
  return best
}
