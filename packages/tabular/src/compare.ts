// An entry of its own: the distributions cost time to import, which commands that compare nothing do not pay.
export type { Agreement } from './compare/agreement.ts'
export { type CompareModelsOptions, type Contender, compareModels } from './compare/compare-models.ts'
export { comparePredictions } from './compare/compare-predictions.ts'
export {
  type ComparedRows,
  type CompareOptions,
  type Comparison,
  type DisputedRow,
  type Estimate,
  type MetricComparison,
  type MetricName,
  metricNames,
  type Side,
  type Verdict,
  verdicts,
} from './compare/comparison.ts'
export { leastDetectablePairs, mcnemarExact } from './compare/mcnemar.ts'
