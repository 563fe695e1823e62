import { PlatformError } from '@airlock-ml/contract'
import type { TrainingReport } from '@airlock-ml/tabular'
import { z } from 'zod'

const share = z.number()
const texts = z.record(z.string().max(200), z.union([z.string().max(10_000), z.number()]))

/** A training report as its step wrote it: anybody's JSON until it has passed this. */
const Report = z.object({
  formatVersion: z.literal(1),
  title: z.string().max(500),
  positive: z.string().max(500),
  rows: z.int().nonnegative(),
  metrics: z.record(z.string().max(200), z.number()),
  intervals: z.record(z.string().max(200), z.object({ low: z.number(), high: z.number() })),
  confusion: z.object({
    labels: z.array(z.string().max(500)).min(1).max(50),
    counts: z.array(z.array(z.number())).max(50),
  }),
  roc: z.array(z.object({ falsePositiveRate: share, truePositiveRate: share })).max(5_000),
  precisionRecall: z.array(z.object({ precision: share, recall: share })).max(5_000),
  calibration: z
    .array(z.object({ low: share, high: share, rows: share, predicted: share, observed: share }))
    .max(1_000),
  importance: z
    .array(z.object({ feature: z.string().max(500), mean: z.number(), standardDeviation: z.number() }))
    .max(10_000),
  parameters: z.record(z.string().max(200), z.unknown()),
  data: texts,
  environment: texts,
})

/** Throws `report_invalid` for bytes that are no training report. */
export function readReport(bytes: Uint8Array): TrainingReport {
  const invalid = (why: string, cause?: unknown) => new PlatformError('report_invalid', why, {}, { cause })
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(bytes).toString())
  } catch (cause) {
    throw invalid(`The report is not JSON: ${(cause as Error).message}`, cause)
  }
  const checked = Report.safeParse(value)
  if (!checked.success) {
    const [issue] = checked.error.issues
    throw invalid(`The report's ${issue?.path.join('.') || 'content'} is wrong: ${issue?.message}.`)
  }
  const { confusion } = checked.data
  const isSquare =
    confusion.counts.length === confusion.labels.length &&
    confusion.counts.every((row) => row.length === confusion.labels.length)
  if (!isSquare) throw invalid('The confusion matrix has not one row and one column for each label.')
  return checked.data as TrainingReport
}
