import type { IncomingMessage, ServerResponse } from 'node:http'
import { type DeploymentSettings, isPlatformError, PlatformError } from '@airlock-ml/contract'
import { READ } from './demand-json.ts'
import type { Serving } from './serving.ts'

/** A request and its answer. */
export type Reply = { request: IncomingMessage; response: ServerResponse }

/** The header by which each answer names its request. */
export const REQUEST_ID = 'x-request-id'

type Text = Reply & { status: number; requestId: string; text: string; headers?: Record<string, string> }

/** Sends JSON, with what a browser of an allowed origin needs. */
export function send(
  { settings, isDraining }: Pick<Serving, 'settings' | 'isDraining'>,
  { request, response, status, requestId, text, headers = {} }: Text,
): void {
  const { origin } = request.headers
  if (origin !== undefined) allowOrigin(settings(), { origin, response })
  const isTooLarge = status === 413
  if (isDraining() || isTooLarge) response.setHeader('connection', 'close')
  response.writeHead(status, {
    'content-type': status < 400 ? 'application/json' : 'application/problem+json',
    'content-length': Buffer.byteLength(text),
    [REQUEST_ID]: requestId,
    ...headers,
  })
  if (isTooLarge) endLate({ request, response }, text)
  else endInTime(response, { text, timeoutMs: settings().limits.timeoutMs })
}

/** So much text leaves at once even where the client does not read. */
const LEAVES_AT_ONCE = 65_536

/** Ends a client that takes nothing of a long answer for as long as a request may take. */
function endInTime(response: ServerResponse, { text, timeoutMs }: { text: string; timeoutMs: number }): void {
  if (text.length > LEAVES_AT_ONCE) response.setTimeout(timeoutMs, () => response.destroy())
  response.end(text)
}

/** How long a client whose body is not wanted may go on to send it. */
const UNWANTED_MS = 1_000

/** Throws away what still comes for a moment: a client whose bytes nobody reads is reset, and does not see the answer. */
function endLate({ request, response }: Reply, text: string): void {
  response.write(text)
  request.resume()
  const end = () => {
    clearTimeout(late)
    response.end()
  }
  const late = setTimeout(end, UNWANTED_MS)
  request.once('close', end)
}

/** Lets a browser show the answer to a page of that origin, where the settings name it. Says whether they do. */
export function allowOrigin(
  { corsOrigins }: Pick<DeploymentSettings, 'corsOrigins'>,
  { origin, response }: { origin: string; response: ServerResponse },
): boolean {
  const isAllowed = corsOrigins.includes('*') || corsOrigins.includes(origin)
  response.setHeader('vary', 'origin')
  if (isAllowed) {
    response.setHeader('access-control-allow-origin', origin)
    response.setHeader('access-control-expose-headers', `retry-after, ${REQUEST_ID}`)
  }
  return isAllowed
}

function ownFault({ log, newId }: Serving, error: unknown): PlatformError {
  const requestId = newId()
  log.error({ error, requestId }, 'a request failed')
  return new PlatformError('answer_failed', 'The service failed.', { requestId })
}

/**
 * As RFC 9457 problem details, which the log knows by the id of the request; what is no error of the catalogue is told to
 * the log, not to the caller. Returns the status.
 */
export function sendProblem(serving: Serving, { error, ...reply }: Reply & { error: unknown }): number {
  const told = isPlatformError(error) ? error : ownFault(serving, error)
  const { status, code, details } = told
  const { retryAfterSeconds, requestId: logged } = details
  const requestId = typeof logged === 'string' ? logged : serving.newId()
  if (logged === undefined) {
    const { method, url } = reply.request
    serving.refusals.write({ requestId, status, code, method, path: url?.split('?', 1)[0]?.slice(0, 100) })
  }
  const headers: Record<string, string> = status === 415 ? { ...READ } : {}
  if (retryAfterSeconds !== undefined) headers['retry-after'] = String(retryAfterSeconds)
  if (!reply.response.headersSent && !reply.response.destroyed)
    send(serving, { ...reply, status, requestId, text: JSON.stringify(told.toProblem(requestId)), headers })
  return status
}
