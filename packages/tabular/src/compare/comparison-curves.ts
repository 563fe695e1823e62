import { calibrationCurve } from '../metrics/probability-scores.ts'
import { rocCurve, thinCurve } from '../metrics/threshold-curves.ts'
import type { OwnRows, PairedRows, UnpairedRows } from './comparison.ts'

/** A point in the unit square. */
export interface CurvePoint {
  readonly x: number
  readonly y: number
}

/** One curve of each side. */
export interface BothCurves {
  readonly champion: readonly CurvePoint[]
  readonly challenger: readonly CurvePoint[]
}

/** What a report of a comparison draws. Plain JSON. */
export interface ComparisonCurves {
  /** False positive rate, true positive rate. */
  readonly roc: BothCurves
  /** Predicted and observed share of the positive class, in bins. */
  readonly calibration: BothCurves
  /** How far P(positive) of the challenger lies above the champion's, row by row; empty without common rows. */
  readonly differences: readonly { readonly from: number; readonly to: number; readonly rows: number }[]
}

const mostPoints = 100
const bins = 20

/** The curves of a comparison. Rows and scores must be as `compareWith` takes them. */
export function comparisonCurves(positive: string, rows: PairedRows | UnpairedRows): ComparisonCurves {
  const champion: OwnRows = 'actual' in rows ? { ...rows.champion, actual: rows.actual } : rows.champion
  const challenger: OwnRows = 'actual' in rows ? { ...rows.challenger, actual: rows.actual } : rows.challenger
  const both = (of: (side: OwnRows) => CurvePoint[]): BothCurves => ({
    champion: of(champion),
    challenger: of(challenger),
  })
  const isPositive = ({ actual }: OwnRows) => actual.map((label) => label === positive)
  return {
    roc: both((side) =>
      thinCurve(rocCurve(isPositive(side), Float64Array.from(side.scores)), mostPoints).map(
        ({ falsePositiveRate: x, truePositiveRate: y }) => ({ x, y }),
      ),
    ),
    calibration: both((side) =>
      calibrationCurve(isPositive(side), Float64Array.from(side.scores)).map(({ predicted: x, observed: y }) => ({
        x,
        y,
      })),
    ),
    differences: 'actual' in rows ? differencesOf(champion, challenger) : [],
  }
}

function differencesOf(champion: OwnRows, challenger: OwnRows): ComparisonCurves['differences'] {
  const counts = new Array<number>(bins).fill(0)
  for (let row = 0; row < champion.actual.length; row++) {
    const difference = challenger.scores[row]! - champion.scores[row]!
    const bin = Math.min(bins - 1, Math.max(0, Math.floor(((difference + 1) / 2) * bins)))
    counts[bin] = counts[bin]! + 1
  }
  const edge = (bin: number) => Number(((2 * bin) / bins - 1).toFixed(2))
  return counts.map((rows, bin) => ({ from: edge(bin), to: edge(bin + 1), rows }))
}
