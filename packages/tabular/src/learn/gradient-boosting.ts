import { binFeatures } from './binned-features.ts'
import { type BoostedTree, growBoostedTree } from './boosted-tree.ts'
import {
  type Classifier,
  checkedClassCount,
  checkFeatureCount,
  highestScores,
  integerSetting,
  numberSetting,
} from './classifier.ts'
import type { FeatureMatrix } from './feature-matrix.ts'
import { interleave, softmaxRows } from './softmax.ts'
import { leafOf } from './tree.ts'

/** How boosted trees are grown. */
export interface GradientBoostingOptions {
  /** How many rounds, 1 to 2000; 100 by default. A round grows one tree, for more than two classes one for each. */
  readonly rounds?: number
  /** What share of each tree's answer counts, above 0 and at most 1; 0.1 by default. */
  readonly learningRate?: number
  /** The most questions on the way to a leaf, 1 to 64; 3 by default. */
  readonly maxDepth?: number
  /** The fewest rows a leaf may hold; 1 by default. */
  readonly minSamplesLeaf?: number
  /** Added to the curvature of each leaf, which shrinks the answers of small ones; 1 by default, 0 or more. */
  readonly l2?: number
  /** The most bins a feature is cut into, 2 to 256; 256 by default. */
  readonly bins?: number
}

/** Leaves are whole multiples of this, and those of one class together stay below 1024: then 32-bit sums are exact. */
const quantum = 2 ** -14

/**
 * Gradient boosted trees for two or more classes, on the same histograms as the forest: each tree is fitted to gradient
 * and curvature of the logistic loss that the ones before left (J. H. Friedman, Ann. Stat. 29, 2001; gain and leaf values
 * as in equations 5 to 7 of T. Chen and C. Guestrin, XGBoost, KDD 2016). Two classes take one tree a round, more take one
 * for each class, and a softmax. No randomness: one table, one model. Its sums are exact in 32 bits, so the label of the
 * ONNX graph is always the trainer's.
 *
 * @example
 * const boosted = GradientBoosting.train(scaler.transform(features), labels, { rounds: 200, learningRate: 0.05 })
 */
export class GradientBoosting implements Classifier {
  readonly classCount: number
  readonly featureCount: number
  /** Round by round, and in a round class by class. */
  readonly trees: readonly BoostedTree[]
  /** The score of each class before any tree: its log share; of two classes 0, and the log odds of class 1. */
  readonly base: readonly number[]

  private constructor(parts: { featureCount: number; trees: readonly BoostedTree[]; base: readonly number[] }) {
    this.classCount = parts.base.length
    this.featureCount = parts.featureCount
    this.trees = parts.trees
    this.base = parts.base
  }

  /**
   * Grows the trees. `labels` has the class of each row, counted from 0; there are as many classes as the highest says.
   * Throws `TableError` `setting_invalid` for a setting out of range, no rows, or fewer than two classes in the data.
   */
  static train(
    features: FeatureMatrix,
    labels: ArrayLike<number>,
    options: GradientBoostingOptions = {},
  ): GradientBoosting {
    const settings = checkedSettings(options)
    const classCount = checkedClassCount(labels, features.rowCount)
    const binned = binFeatures(features, settings.bins)
    const base = baseOf(labels, classCount)
    const scores = base.map((score) => new Float64Array(features.rowCount).fill(score))
    // Whatever the trees say, a row's score stays below 1024.
    const mostOfLeaf = 1_000 / settings.rounds
    const trees: BoostedTree[] = []
    for (let round = 0; round < settings.rounds; round++) {
      // All trees of a round look at what the rounds before left.
      const probabilities = probabilitiesOf(scores)
      for (let target = classCount === 2 ? 1 : 0; target < classCount; target++) {
        const ofClass = probabilities[target]!
        const tree = growBoostedTree({
          ...settings,
          features: binned,
          target,
          gradients: ofClass.map((p, row) => p - (labels[row] === target ? 1 : 0)),
          curvatures: ofClass.map((p) => p * (1 - p)),
          addTo: scores[target]!,
          leafValue: (step) => rounded(step * settings.learningRate, mostOfLeaf),
        })
        trees.push(tree)
      }
    }
    return new GradientBoosting({ featureCount: features.columns.length, trees, base })
  }

  /** See `Classifier`. */
  predictProbabilities(features: FeatureMatrix): Float32Array {
    return softmaxRows(this.#scores(features), this.classCount)
  }

  /** See `Classifier`. The class with the highest score. */
  predict(features: FeatureMatrix): Int32Array {
    return highestScores(this.#scores(features), this.classCount)
  }

  /** The score of each class, row by row. */
  #scores(features: FeatureMatrix): Float32Array {
    checkFeatureCount(this, features)
    const scores = this.base.map((score) => new Float32Array(features.rowCount).fill(score))
    for (const tree of this.trees) {
      const ofClass = scores[tree.target]!
      for (let row = 0; row < ofClass.length; row++) ofClass[row]! += tree.values[leafOf(tree, features.columns, row)]!
    }
    return interleave(scores)
  }
}

function baseOf(labels: ArrayLike<number>, classCount: number): number[] {
  const counts = new Array<number>(classCount).fill(0)
  for (let row = 0; row < labels.length; row++) counts[labels[row]!]! += 1
  // A class that no row has starts from 16 below, not from minus infinity.
  if (classCount === 2) return [0, rounded(Math.log(counts[1]! / counts[0]!), 16)]
  return counts.map((count) => rounded(Math.log(count / labels.length), 16))
}

/** The probability of each class, class by class, from the scores of all. */
function probabilitiesOf(scores: readonly Float64Array[]): Float64Array[] {
  const probabilities = scores.map((ofClass) => new Float64Array(ofClass.length))
  for (let row = 0; row < scores[0]!.length; row++) {
    let highest = Number.NEGATIVE_INFINITY
    for (const ofClass of scores) highest = Math.max(highest, ofClass[row]!)
    let sum = 0
    for (const [c, ofClass] of scores.entries()) {
      const share = Math.exp(ofClass[row]! - highest)
      probabilities[c]![row] = share
      sum += share
    }
    for (const ofClass of probabilities) ofClass[row]! /= sum
  }
  return probabilities
}

function rounded(value: number, most: number): number {
  return Math.round(Math.max(-most, Math.min(most, value)) / quantum) * quantum
}

function checkedSettings(options: GradientBoostingOptions) {
  return {
    rounds: integerSetting('rounds', options.rounds ?? 100, [1, 2_000]),
    learningRate: numberSetting('learningRate', options.learningRate ?? 0.1, [1e-4, 1]),
    maxDepth: integerSetting('maxDepth', options.maxDepth ?? 3, [1, 64]),
    minSamplesLeaf: integerSetting('minSamplesLeaf', options.minSamplesLeaf ?? 1, [1, 2 ** 31]),
    l2: numberSetting('l2', options.l2 ?? 1, [0, 1e12]),
    bins: integerSetting('bins', options.bins ?? 256, [2, 256]),
  }
}
