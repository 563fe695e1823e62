import { isPlatformError } from '@airlock-ml/contract'

/** Why a run stops before its end when somebody asks for it. */
export class RunCancelled extends Error {
  constructor({ by, reason }: { by: string; reason?: string | null }) {
    super(`cancelled by ${by}${reason ? `: ${reason}` : ''}`)
  }
}

/** The cancellation that an answer of the workspace tells of, if it does. */
export function cancellationIn(error: unknown): RunCancelled | undefined {
  if (!isPlatformError(error) || error.code !== 'run_cancel_requested') return undefined
  const { by, reason } = error.details
  return new RunCancelled({ by: String(by), reason: typeof reason === 'string' ? reason : null })
}
