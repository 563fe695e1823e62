import { type ComparisonDeclaration, ComparisonDefinition, PlatformError } from '@airlock-ml/contract'
import { schemaProblems } from '../schema-problems.ts'
import { showValue } from '../show-value.ts'

/**
 * Declares how two versions of a model are held against each other: the default export of
 * `governance/comparisons/NAME.ts`, and the same for held-out rows, shadow and canary. By default all metrics are
 * compared and judged by accuracy, at 95 % confidence, on at least 100 rows and 20 of each class.
 *
 * Throws `comparison_invalid` for one that says nothing or contradicts itself.
 *
 * @example
 * export default defineComparison({
 *   name: 'live-quality',
 *   model: 'breast_cancer_classifier',
 *   positive: 'malignant',
 *   margins: { accuracy: 0.05 },
 *   slices: [{ name: 'large', feature: 'mean_radius', atLeast: 15 }],
 * })
 */
export function defineComparison(declared: ComparisonDeclaration): ComparisonDefinition {
  return checkComparison(declared, 'The comparison')
}

/** A definition that is whole, with each default. Throws `comparison_invalid`, which names every fault. */
export function checkComparison(declared: unknown, what: string): ComparisonDefinition {
  if (typeof declared !== 'object' || declared === null)
    throw invalid(`${what} must be made by defineComparison({ … }), but is ${showValue(declared)}.`)
  const checked = ComparisonDefinition.safeParse(declared)
  if (checked.success) return checked.data
  const problems = schemaProblems(ComparisonDefinition, declared, checked.error)
  throw invalid(`${what} is not valid.\n${problems.map(({ path, message }) => `${path}: ${message}`).join('\n')}`)
}

export const invalid = (message: string, cause?: unknown): PlatformError =>
  new PlatformError('comparison_invalid', message, {}, { cause })
