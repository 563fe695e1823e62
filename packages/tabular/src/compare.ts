// An entry of its own: the distributions cost time to import, which commands that compare nothing do not pay.
export type { Agreement } from './compare/agreement.ts'
export { type CompareModelsOptions, type Contender, compareModels } from './compare/compare-models.ts'
export { compareWith } from './compare/compare-with.ts'
export {
  type ComparedMetrics,
  type Comparison,
  type Discordant,
  type DisputedRow,
  type Estimate,
  type MetricComparison,
  type OwnRows,
  type PairedComparison,
  type PairedRows,
  type Side,
  type SliceComparison,
  type UnpairedRows,
  type Verdict,
  verdicts,
} from './compare/comparison.ts'
export {
  type BothCurves,
  type ComparisonCurves,
  type CurvePoint,
  comparisonCurves,
} from './compare/comparison-curves.ts'
export { type ComparisonDefinition, type MetricName, metricNames, type SliceDefinition } from './compare/definition.ts'
export { leastDetectablePairs, mcnemarExact } from './compare/mcnemar.ts'
export { type Share, unpairedDifference } from './compare/unpaired-difference.ts'
export { wilsonInterval } from './metrics/intervals.ts'
