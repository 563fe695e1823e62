import { type ErrorCode, isPlatformError, type PlatformError } from '@airlock-ml/contract'
import type { ClientOptions } from './client.ts'
import type { Input, PreparedRoute } from './prepare-route.ts'

const delaysMs = [100, 400, 1_600]
const longestDelayMs = 30_000

/** The catalogue promises of these that nothing was changed, so that any call may be sent again. */
const unchanged: ReadonlySet<ErrorCode> = new Set(['database_busy', 'server_draining'])

/** A failed attempt, with how long the server asks to wait. */
export interface Attempt {
  readonly error: unknown
  readonly retryAfterMs: number | undefined
}

/** How long to wait before sending a call again; undefined when it must not be. `attempt` counts from 1. */
export function delayBeforeNext(
  call: { prepared: PreparedRoute; input: Input },
  failed: Attempt,
  attempt: number,
): number | undefined {
  const delayMs = delaysMs[attempt - 1]
  if (delayMs === undefined || !isPlatformError(failed.error)) return undefined
  if (!maySendAgain(call, failed.error)) return undefined
  return Math.min(failed.retryAfterMs ?? delayMs, longestDelayMs)
}

function maySendAgain({ prepared: { route }, input }: { prepared: PreparedRoute; input: Input }, error: PlatformError) {
  // A stream is spent after the first attempt.
  if (input.body instanceof ReadableStream) return false
  if (unchanged.has(error.code)) return true
  const isRepeatable = route.method === 'GET' || route.creates === true || route.bytes === 'request'
  return isRepeatable && error.status === 503
}

/** The `Retry-After` of an answer, in milliseconds. */
export function retryAfterMs(response: Response | undefined): number | undefined {
  const header = response?.headers.get('retry-after')
  return header && /^\d+$/.test(header) ? Number(header) * 1_000 : undefined
}

export const waitByTimer: NonNullable<ClientOptions['wait']> = (delayMs, signal) =>
  new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, delayMs)
    signal?.addEventListener('abort', stop, { once: true })
  })
