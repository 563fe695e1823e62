import { isPlatformError } from '@airlock-ml/contract'
import type { Outcome } from '../output/outcome.ts'

/** One thing that is looked at; what it throws is told as a failure. */
export type Look = { subject: string; look: () => Promise<Omit<Outcome, 'subject'>> }

export const ok = (message: string) => ({ outcome: 'ok' as const, message, remedy: null })
export const warn = (message: string, remedy: string) => ({ outcome: 'warn' as const, message, remedy })
export const fail = (message: string, remedy: string) => ({ outcome: 'fail' as const, message, remedy })

/** Looks at one thing after the other. Never rejects. */
export async function lookAt(looks: readonly Look[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (const { subject, look } of looks) outcomes.push({ subject, ...(await look().catch(failureOf)) })
  return outcomes
}

function failureOf(error: unknown): Omit<Outcome, 'subject'> {
  const message = error instanceof Error ? error.message : String(error)
  const remedy = isPlatformError(error)
    ? error.remedy
    : 'Run the command again with AIRLOCK_DEBUG=1 to see where it fails.'
  return fail(message, remedy)
}
