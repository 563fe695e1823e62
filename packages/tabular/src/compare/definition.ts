import { TableError } from '../table/table-error.ts'

export const metricNames = ['accuracy', 'recall', 'specificity', 'roc_auc'] as const
export type MetricName = (typeof metricNames)[number]

/** Some of the rows: those whose feature is at least the one and below the other. */
export interface SliceDefinition {
  readonly name: string
  readonly feature: string
  readonly atLeast?: number | undefined
  readonly below?: number | undefined
}

/**
 * How two versions are held against each other, said once for held-out rows, shadow and canary. Plain JSON. What is
 * left out of it in a project has its default by `defineComparison` of `@airlock-ml/sdk`.
 */
export interface ComparisonDefinition {
  readonly name: string
  /** The class that recall, specificity and ROC AUC speak of. */
  readonly positive: string
  /** What is compared and tested; each more makes the correction of all stricter. */
  readonly metrics: readonly MetricName[]
  /** The metric that `better` is said of. It has a margin. */
  readonly judgedBy: MetricName
  /** The most that the challenger may lose in each of these and still count as not worse. */
  readonly margins: { readonly [Name in MetricName]?: number | undefined }
  /** Parts of the rows in which it must not be worse either. */
  readonly slices: readonly SliceDefinition[]
  /** Below which nothing is said: rows in all, and of the smaller of positive and other. Of a canary, on each side. */
  readonly minimumSample: { readonly rows: number; readonly ofEachClass: number }
  /** Of the intervals; a p value counts below 1 less this. */
  readonly confidence: number
}

/** Throws `TableError` `setting_invalid` for a definition that says nothing or contradicts itself. */
export function checkDefinition(definition: ComparisonDefinition): void {
  const problem = problemOf(definition)
  if (problem) throw new TableError('setting_invalid', problem)
}

function problemOf({ metrics, judgedBy, margins, slices, minimumSample, confidence }: ComparisonDefinition) {
  const unknown = [...metrics, judgedBy, ...Object.keys(margins)].find((name) => !isMetric(name))
  if (unknown !== undefined) return `"${unknown}" is no metric; take some of ${metricNames.join(', ')}.`
  const untested = [judgedBy, ...Object.keys(margins)].find((name) => !metrics.some((metric) => metric === name))
  if (untested !== undefined) return `${untested} is not among the metrics that are compared: ${metrics.join(', ')}.`
  if (margins[judgedBy] === undefined) return `${judgedBy} has no margin, and it is what the comparison is judged by.`
  for (const [name, margin] of Object.entries(margins))
    if (!(margin > 0 && margin < 1)) return `The margin of ${name} is ${margin}; it is above 0 and below 1, as 0.05.`
  for (const { name, atLeast, below } of slices) {
    if (atLeast === undefined && below === undefined) return `Slice ${name} has neither \`atLeast\` nor \`below\`.`
    if (!((atLeast ?? Number.NEGATIVE_INFINITY) < (below ?? Number.POSITIVE_INFINITY)))
      return `Slice ${name} holds no number: \`atLeast\` is ${atLeast}, \`below\` ${below}.`
  }
  if (new Set(slices.map(({ name }) => name)).size < slices.length) return 'Two slices have one name.'
  for (const [what, least] of Object.entries(minimumSample))
    if (!(Number.isInteger(least) && least >= 1))
      return `minimumSample.${what} is ${least}; it is a whole number from 1.`
  if (!(confidence >= 0.5 && confidence < 1)) return `confidence is ${confidence}; it is from 0.5 to below 1, as 0.95.`
  return null
}

const isMetric = (name: string): boolean => metricNames.some((metric) => metric === name)
