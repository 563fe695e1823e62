import { json, step } from '@airlock-ml/sdk'
import { z } from 'zod'

const thresholds = z.object({
  min_accuracy: z.number().min(0).max(1),
  min_recall: z.number().min(0).max(1),
  min_roc_auc: z.number().min(0).max(1),
})

/** Fails the run of a model that is not good enough, so that it never becomes a version. */
export const validateModelPerformance = step({
  name: 'validate_model_performance',
  inputs: { metrics: json<Record<string, number>>() },
  params: thresholds,
  run: ({ inputs, params, context }) => {
    const shortfalls = findShortfalls(inputs.metrics, params)
    if (shortfalls.length > 0) throw new Error(shortfalls.join('\n'))
    context.log.info('the model reaches every threshold')
  },
})

/** The metrics that miss their threshold, or are not there at all, a sentence each. */
export function findShortfalls(
  metrics: Readonly<Record<string, number>>,
  wanted: z.output<typeof thresholds>,
): string[] {
  return Object.entries(wanted).flatMap(([threshold, least]) => {
    const name = threshold.slice('min_'.length)
    const value = metrics[name]
    // Not `value < least`: NaN must not pass.
    if (value !== undefined && value >= least) return []
    const found = value === undefined ? 'missing' : Number(value.toFixed(4))
    return [`${name} is ${found}, and ${least} is the least. Train on more data, or with other parameters.`]
  })
}
