import type { DriftLimits, Limit } from '@airlock-ml/tabular'

/** Whether any measure may go further than before, or windows of as many rows are judged no more. */
export const loosensLimits = (before: DriftLimits, after: DriftLimits): boolean =>
  after.minRows > before.minRows ||
  (['psi', 'ks', 'shift', 'missing', 'outOfRange'] as const).some((each) => isLooser(before[each], after[each]))

/** A measure that is switched off has no limit. */
const isLooser = (before: Limit | null, after: Limit | null): boolean =>
  before !== null && (after === null || after.warn > before.warn || after.breach > before.breach)
