import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { binFeatures } from './binned-features.ts'
import { type Classifier, checkedClassCount, checkFeatureCount, highestScores, integerSetting } from './classifier.ts'
import type { FeatureMatrix } from './feature-matrix.ts'
import { growTree } from './grow-tree.ts'
import { leafOf, leafParts, type Tree } from './tree.ts'

/** How a forest is grown. */
export interface RandomForestOptions {
  /** A 32-bit integer. The same seed, data and settings give the same forest on every machine. */
  readonly seed: number
  /** How many trees, 1 to 4096; 100 by default. */
  readonly trees?: number
  /** The most questions on the way to a leaf; no limit by default. */
  readonly maxDepth?: number
  /** The fewest sampled rows a leaf may hold; 1 by default. A row drawn twice counts twice. */
  readonly minSamplesLeaf?: number
  /** How many varying features each node chooses from; `'sqrt'` of all by default. */
  readonly maxFeatures?: 'sqrt' | number
  /** The most bins a feature is cut into, 2 to 256; 256 by default. */
  readonly bins?: number
}

/**
 * A random forest for two or more classes. Its arithmetic is chosen so that an ONNX graph can repeat it bit for bit:
 * thresholds are 32-bit floats compared with `<=`, leaves hold class shares in 4096ths whose sums are exact, and one
 * 32-bit division by the number of trees ends it.
 *
 * @example
 * const scaler = StandardScaler.fit(features)
 * const forest = RandomForest.train(scaler.transform(features), labels, { seed: 7 })
 */
export class RandomForest implements Classifier {
  readonly trees: readonly Tree[]
  readonly classCount: number
  readonly featureCount: number

  private constructor(trees: readonly Tree[], classCount: number, featureCount: number) {
    this.trees = trees
    this.classCount = classCount
    this.featureCount = featureCount
  }

  /**
   * Grows a forest. `labels` has the class of each row, counted from 0; there are as many classes as the highest says.
   * Throws `TableError` `setting_invalid` for a setting out of range, no rows, or fewer than two classes in the data.
   */
  static train(features: FeatureMatrix, labels: ArrayLike<number>, options: RandomForestOptions): RandomForest {
    const settings = checkedSettings(features, options)
    const classCount = checkedClassCount(labels, features.rowCount)
    const binned = binFeatures(features, settings.bins)
    const random = xoroshiro128plus(options.seed)
    const trees = Array.from({ length: settings.trees }, () => {
      // Each tree has a stretch of the random sequence to itself, so more trees leave the first ones as they were.
      random.jump()
      return growTree({ ...settings, features: binned, labels, classCount }, random.clone())
    })
    return new RandomForest(trees, classCount, features.columns.length)
  }

  /** P(class) of each row, row by row: `rowCount * classCount` 32-bit floats. */
  predictProbabilities(features: FeatureMatrix): Float32Array {
    checkFeatureCount(this, features)
    const { classCount } = this
    const probabilities = new Float32Array(features.rowCount * classCount)
    for (const tree of this.trees) {
      for (let row = 0; row < features.rowCount; row++) {
        const leaf = leafOf(tree, features.columns, row) * classCount
        for (let c = 0; c < classCount; c++) probabilities[row * classCount + c]! += tree.parts[leaf + c]! / leafParts
      }
    }
    for (let i = 0; i < probabilities.length; i++) probabilities[i]! /= this.trees.length
    return probabilities
  }

  /** The most probable class of each row; of equal ones the first. */
  predict(features: FeatureMatrix): Int32Array {
    return highestScores(this.predictProbabilities(features), this.classCount)
  }
}

function checkedSettings(features: FeatureMatrix, options: RandomForestOptions) {
  const width = features.columns.length
  const { maxFeatures = 'sqrt' } = options
  return {
    trees: integerSetting('trees', options.trees ?? 100, [1, 4096]),
    maxDepth:
      options.maxDepth === undefined
        ? Number.MAX_SAFE_INTEGER
        : integerSetting('maxDepth', options.maxDepth, [1, 10_000]),
    minSamplesLeaf: integerSetting('minSamplesLeaf', options.minSamplesLeaf ?? 1, [1, 2 ** 31]),
    maxFeatures: integerSetting(
      'maxFeatures',
      maxFeatures === 'sqrt' ? Math.max(1, Math.floor(Math.sqrt(width))) : maxFeatures,
      [1, width],
    ),
    bins: integerSetting('bins', options.bins ?? 256, [2, 256]),
    seed: integerSetting('seed', options.seed, [-(2 ** 31), 2 ** 32 - 1]),
  }
}
