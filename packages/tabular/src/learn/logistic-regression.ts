import { TableError } from '../table/table-error.ts'
import {
  type Classifier,
  checkedClassCount,
  checkFeatureCount,
  highestScores,
  integerSetting,
  numberSetting,
} from './classifier.ts'
import type { FeatureMatrix } from './feature-matrix.ts'
import { applyLinearMap, type LinearMap } from './linear-map.ts'
import { minimiseLogLoss } from './minimise-log-loss.ts'
import { interleave, softmaxRows } from './softmax.ts'

/** How a logistic regression is fitted. */
export interface LogisticRegressionOptions {
  /**
   * How strongly weights are held small: `l2 / 2` times the sum of their squares is added to the sum of the log losses;
   * intercepts are free. 1 by default, as scikit-learn's `C = 1` (`l2 = 1 / C`). 0 only for two classes.
   */
  readonly l2?: number
  /** The most Newton steps, 1 to 1000; 100 by default. Few data need more than 10. */
  readonly maxSteps?: number
}

/**
 * Logistic regression with L2 penalty: binomial for two classes, multinomial for more (T. Hastie, R. Tibshirani and J.
 * Friedman, The Elements of Statistical Learning, 2nd ed. 2009, section 4.4). Fitted by Newton's method with halved
 * steps, so the answer is the optimum and depends on no seed. Scale the features first.
 *
 * @example
 * const regression = await LogisticRegression.train(scaler.transform(features), labels)
 */
export class LogisticRegression implements Classifier {
  readonly classCount: number
  readonly featureCount: number
  /** From features to the logit of each class. With two classes the first one's are all 0. */
  readonly map: LinearMap

  private constructor(map: LinearMap) {
    this.map = map
    this.classCount = map.outputCount
    this.featureCount = map.inputCount
  }

  /**
   * Fits the weights. `labels` has the class of each row, counted from 0.
   * Throws `TableError` `setting_invalid` for a setting out of range or fewer than two classes, and `not_converged`
   * when the optimum is not reached, as happens without penalty when one feature parts the classes.
   */
  static async train(
    features: FeatureMatrix,
    labels: ArrayLike<number>,
    options: LogisticRegressionOptions = {},
  ): Promise<LogisticRegression> {
    const l2 = numberSetting('l2', options.l2 ?? 1, [0, 1e12])
    const maxSteps = integerSetting('maxSteps', options.maxSteps ?? 100, [1, 1_000])
    const classCount = checkedClassCount(labels, features.rowCount)
    if (l2 === 0 && classCount > 2) {
      throw new TableError('setting_invalid', 'With more than two classes l2 must be above 0. Try 1e-6.')
    }
    return new LogisticRegression(await minimiseLogLoss({ features, labels, classCount, l2, maxSteps }))
  }

  /** See `Classifier`. */
  predictProbabilities(features: FeatureMatrix): Float32Array {
    return softmaxRows(this.#logits(features), this.classCount)
  }

  /** See `Classifier`. The class of the highest logit. */
  predict(features: FeatureMatrix): Int32Array {
    return highestScores(this.#logits(features), this.classCount)
  }

  #logits(features: FeatureMatrix): Float32Array {
    checkFeatureCount(this, features)
    return interleave(applyLinearMap(this.map, features))
  }
}
