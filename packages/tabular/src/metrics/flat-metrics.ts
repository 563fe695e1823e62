import type { ClassificationMetrics } from './evaluate.ts'

/**
 * The metrics as plain numbers under the names that policies gate on: `accuracy`, `precision`, `recall`, `f1`, `roc_auc`,
 * `pr_auc`, `brier` (all from 0 to 1), `log_loss` (from 0) and `rows` (how many rows were scored). Less is better of
 * `brier` and `log_loss`. What is not defined is left out, so that a gate on it fails. Training and import both record
 * what this function gives.
 */
export function flatMetrics(metrics: ClassificationMetrics): Record<string, number> {
  const { accuracy, precision, recall, f1, rocAuc, prAuc, logLoss, brier, rowCount } = metrics
  const found = { accuracy, precision, recall, f1, roc_auc: rocAuc, pr_auc: prAuc, log_loss: logLoss, brier }
  const defined = Object.entries(found).filter((entry): entry is [string, number] => entry[1] !== null)
  return { ...Object.fromEntries(defined), rows: rowCount }
}
