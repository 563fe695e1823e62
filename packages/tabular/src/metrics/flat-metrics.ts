import type { ClassificationMetrics } from './evaluate.ts'

/**
 * The metrics as plain numbers under the names that policies gate on: `accuracy`, `precision`, `recall`, `f1`, `roc_auc`
 * (all from 0 to 1) and `rows` (how many rows were scored). `roc_auc` is left out when it is not defined, so that a gate
 * on it fails. Training and import both record what this function gives.
 */
export function flatMetrics(metrics: ClassificationMetrics): Record<string, number> {
  const { accuracy, precision, recall, f1, rocAuc, rowCount } = metrics
  return { accuracy, precision, recall, f1, ...(rocAuc === null ? {} : { roc_auc: rocAuc }), rows: rowCount }
}
