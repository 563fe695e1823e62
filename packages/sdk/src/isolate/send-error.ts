import { failureMessage } from '../run/failure-message.ts'
import type { SentError } from './messages.ts'

// What is sent is cut there by the workspace, too.
const longestText = 20_000

/** What was thrown in one process, as it is sent to another. `who` threw it, as `Step "load_data"`. */
export function sendError(thrown: unknown, who: string): SentError {
  if (!(thrown instanceof Error)) return { name: 'Error', message: failureMessage(thrown, who) }
  const { name, message, stack } = thrown
  const { retryAfterMs } = thrown as { retryAfterMs?: unknown }
  return {
    name,
    message: message.slice(0, longestText),
    ...(stack && { stack: stack.slice(0, longestText) }),
    ...(typeof retryAfterMs === 'number' && { retryAfterMs }),
  }
}

/** The error as it was thrown, with its stack over there. */
export function receiveError({ name, message, stack, retryAfterMs }: SentError): Error {
  const error = new Error(message)
  error.name = name
  if (stack !== undefined) error.stack = stack
  return retryAfterMs === undefined ? error : Object.assign(error, { retryAfterMs })
}
