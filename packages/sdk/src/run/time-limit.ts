/** Thrown for an attempt at a step that took too long. */
class StepTimeoutError extends Error {}

/** A signal that is aborted with `stop`, or when the time is up; and the function that ends the watch. */
export function timeLimit(
  stop: AbortSignal,
  { timeoutMs, step }: { timeoutMs: number | undefined; step: string },
): { signal: AbortSignal; clear: () => void } {
  if (timeoutMs === undefined) return { signal: stop, clear: () => {} }
  const limit = new AbortController()
  const message = `Step "${step}" did not end within ${timeoutMs} ms, its timeoutMs.`
  const timer = setTimeout(() => limit.abort(new StepTimeoutError(message)), timeoutMs)
  return { signal: AbortSignal.any([stop, limit.signal]), clear: () => clearTimeout(timer) }
}
