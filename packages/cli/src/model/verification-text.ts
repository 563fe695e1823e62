import type { RollbackVerification } from '@airlock-ml/contract'
import { sizeText } from '../output/size.ts'

type Timings = { verificationMs: number; commitMs: number | null }

/** What was looked at before a rollback, and how long it and the transaction took. */
export function verificationText(
  { artifacts, sizeBytes, compared }: RollbackVerification,
  { verificationMs, commitMs }: Timings,
): string {
  const what = `verified ${artifacts} artifacts (${sizeText(sizeBytes)}); ${compared.join(', ') || 'no metric'} as recorded`
  const commit = commitMs === null ? '' : `, transaction ${commitMs.toFixed(1)} ms`
  return `${what}: ${verificationMs.toFixed(1)} ms${commit}`
}
