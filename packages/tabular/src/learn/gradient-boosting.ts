import { TableError } from '../table/table-error.ts'
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
  /** How many trees, one a round, 1 to 2000; 100 by default. */
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

/** Leaves are whole multiples of this, and all of them together stay below 1024: then 32-bit sums of them are exact. */
const quantum = 2 ** -14

/**
 * Gradient boosted trees for two classes, on the same histograms as the forest: each tree is fitted to gradient and
 * curvature of the logistic loss that the ones before left (J. H. Friedman, Ann. Stat. 29, 2001; gain and leaf values
 * as in equations 5 to 7 of T. Chen and C. Guestrin, XGBoost, KDD 2016). No randomness: one table, one model. Its sums
 * are exact in 32 bits, so the label of the ONNX graph is always the trainer's.
 *
 * @example
 * const boosted = GradientBoosting.train(scaler.transform(features), labels, { rounds: 200, learningRate: 0.05 })
 */
export class GradientBoosting implements Classifier {
  readonly classCount = 2
  readonly featureCount: number
  readonly trees: readonly BoostedTree[]
  /** The log odds of class 1 before any tree. */
  readonly base: number

  private constructor(parts: { featureCount: number; trees: readonly BoostedTree[]; base: number }) {
    this.featureCount = parts.featureCount
    this.trees = parts.trees
    this.base = parts.base
  }

  /**
   * Grows the trees. `labels` has 0 or 1 for each row.
   * Throws `TableError` `setting_invalid` for a setting out of range, and for one class or more than two.
   */
  static train(
    features: FeatureMatrix,
    labels: ArrayLike<number>,
    options: GradientBoostingOptions = {},
  ): GradientBoosting {
    const settings = checkedSettings(options)
    const classCount = checkedClassCount(labels, features.rowCount)
    if (classCount > 2) {
      const message = `Gradient boosting tells two classes apart, not ${classCount}. Use a random forest or logistic regression.`
      throw new TableError('setting_invalid', message)
    }
    const binned = binFeatures(features, settings.bins)
    const ones = Array.from(labels).filter((label) => label === 1).length
    const base = rounded(Math.log(ones / (features.rowCount - ones)), 16)
    const scores = new Float64Array(features.rowCount).fill(base)
    // Whatever the trees say, a row's score stays below 1024.
    const mostOfLeaf = 1_000 / settings.rounds
    const trees = Array.from({ length: settings.rounds }, () => {
      const gradients = scores.map((score, row) => 1 / (1 + Math.exp(-score)) - labels[row]!)
      const curvatures = gradients.map((gradient, row) => {
        const p = gradient + labels[row]!
        return p * (1 - p)
      })
      return growBoostedTree({
        ...settings,
        features: binned,
        gradients,
        curvatures,
        addTo: scores,
        leafValue: (step) => rounded(step * settings.learningRate, mostOfLeaf),
      })
    })
    return new GradientBoosting({ featureCount: features.columns.length, trees, base })
  }

  /** See `Classifier`. */
  predictProbabilities(features: FeatureMatrix): Float32Array {
    return softmaxRows(this.#scores(features), 2)
  }

  /** See `Classifier`. Class 1 when the score is above 0. */
  predict(features: FeatureMatrix): Int32Array {
    return highestScores(this.#scores(features), 2)
  }

  /** The log odds of each class against the first, row by row. */
  #scores(features: FeatureMatrix): Float32Array {
    checkFeatureCount(this, features)
    const scores = new Float32Array(features.rowCount).fill(this.base)
    for (const tree of this.trees) {
      for (let row = 0; row < scores.length; row++) scores[row]! += tree.values[leafOf(tree, features.columns, row)]!
    }
    return interleave([new Float32Array(scores.length), scores])
  }
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
