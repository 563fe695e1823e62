import type { RetrySpec } from '@airlock-ml/contract'

const longestMs = 86_400_000

/**
 * How long to wait before the attempt after `attempt`, which threw `error`; null when there is none. Between half and
 * the whole of what the retry says, at random, so that steps that failed together do not come back together.
 */
export function retryDelayMs(
  error: unknown,
  { retry, attempt, random }: { retry: RetrySpec | undefined; attempt: number; random: () => number },
): number | null {
  if (!retry || attempt >= retry.attempts) return null
  // By their names: an error may come from another copy of this package, or from another process.
  const { name, retryAfterMs } = Object(error) as { name?: unknown; retryAfterMs?: unknown }
  if (name === 'NonRetryableError') return null
  if (name === 'RetryAfterError' && typeof retryAfterMs === 'number' && retryAfterMs >= 0)
    return Math.round(Math.min(retryAfterMs, longestMs))
  const delayMs = Math.min(retry.delayMs * retry.factor ** (attempt - 1), retry.maxDelayMs)
  return Math.round(delayMs * (0.5 + random() / 2))
}
