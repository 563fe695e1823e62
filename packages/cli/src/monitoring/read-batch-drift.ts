import { DriftFinding, DriftSummary, PlatformError } from '@airlock-ml/contract'
import { z } from 'zod'

/** What a batch run keeps of how its rows differ: anybody's JSON until it has passed this. */
const BatchDrift = z.object({
  summary: DriftSummary,
  verdict: z.object({ level: z.enum(['too-few', 'ok', 'warn', 'breach']), findings: z.array(DriftFinding) }),
})
export type BatchDrift = z.output<typeof BatchDrift>

/** @throws PlatformError `report_invalid` for bytes that are no such comparison */
export function readBatchDrift(bytes: Uint8Array): BatchDrift {
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(bytes).toString())
  } catch (cause) {
    throw new PlatformError('report_invalid', `The drift is not JSON: ${(cause as Error).message}`, {}, { cause })
  }
  const read = BatchDrift.safeParse(value)
  if (read.success) return read.data
  const [issue] = read.error.issues
  throw new PlatformError('report_invalid', `The drift is not one: ${issue?.path.join('.')} ${issue?.message}`)
}
