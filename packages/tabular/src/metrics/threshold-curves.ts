import { checkScores } from './check-scores.ts'

/** A point of a ROC curve: what a threshold gives when rows that score at least it are called positive. */
export interface RocPoint {
  /** `null` at the start, where no row is called positive. */
  readonly threshold: number | null
  readonly falsePositiveRate: number
  readonly truePositiveRate: number
}

/** A point of a precision-recall curve. */
export interface PrecisionRecallPoint {
  readonly threshold: number
  readonly precision: number
  readonly recall: number
}

/**
 * The ROC curve from (0, 0) to (1, 1), one point for each score that occurs, highest first; none where one of the two
 * classes has no row. Plain JSON. Thin it with `thinCurve` before drawing. Throws as `rocAuc` does.
 */
export function rocCurve(isPositive: readonly boolean[], scores: ArrayLike<number>): RocPoint[] {
  const steps = stepsOf(isPositive, scores)
  const last = steps.at(-1)
  if (!last || last.positives === 0 || last.negatives === 0) return []
  const points = steps.map(({ threshold, positives, negatives }) => ({
    threshold,
    falsePositiveRate: negatives / last.negatives,
    truePositiveRate: positives / last.positives,
  }))
  return [{ threshold: null, falsePositiveRate: 0, truePositiveRate: 0 }, ...points]
}

/**
 * Precision and recall at each score that occurs, highest first, so recall never falls; none without a positive row.
 * Throws as `rocAuc` does.
 */
export function precisionRecallCurve(
  isPositive: readonly boolean[],
  scores: ArrayLike<number>,
): PrecisionRecallPoint[] {
  const steps = stepsOf(isPositive, scores)
  const all = steps.at(-1)?.positives ?? 0
  if (all === 0) return []
  return steps.map(({ threshold, positives, negatives }) => ({
    threshold,
    precision: positives / (positives + negatives),
    recall: positives / all,
  }))
}

/**
 * Average precision, the area under the precision-recall curve as a sum of steps: precision at each score times the
 * recall it adds, without interpolation (as scikit-learn's `average_precision_score`; trapezoids would flatter, see J.
 * Davis and M. Goadrich, ICML 2006). A model that knows nothing has the share of positive rows. `null` without a
 * positive row. Throws as `rocAuc` does.
 */
export function averagePrecision(isPositive: readonly boolean[], scores: ArrayLike<number>): number | null {
  const curve = precisionRecallCurve(isPositive, scores)
  if (curve.length === 0) return null
  return curve.reduce((sum, point, i) => sum + point.precision * (point.recall - (curve[i - 1]?.recall ?? 0)), 0)
}

/** At most so many points of a curve, evenly chosen, the first and the last among them; 200 by default. */
export function thinCurve<T>(points: readonly T[], most = 200): T[] {
  if (points.length <= most) return [...points]
  return Array.from({ length: most }, (_, i) => points[Math.round((i * (points.length - 1)) / (most - 1))]!)
}

/** How many rows of each class score at least each score that occurs, highest first. */
function stepsOf(
  isPositive: readonly boolean[],
  scores: ArrayLike<number>,
): { threshold: number; positives: number; negatives: number }[] {
  checkScores(isPositive, scores)
  const order = Array.from(isPositive.keys()).sort((a, b) => scores[b]! - scores[a]!)
  const steps: { threshold: number; positives: number; negatives: number }[] = []
  let [positives, negatives] = [0, 0]
  for (const [i, row] of order.entries()) {
    if (isPositive[row]) positives++
    else negatives++
    const next = order[i + 1]
    if (next === undefined || scores[next] !== scores[row]) {
      steps.push({ threshold: scores[row]!, positives, negatives })
    }
  }
  return steps
}
