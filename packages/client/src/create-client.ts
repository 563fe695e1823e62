import { isPlatformError, PlatformError } from '@airlock-ml/contract'
import type { CallOptions, Client, ClientOptions } from './client.ts'
import { type Input, type PreparedRoute, preparedRoutes } from './prepare-route.ts'
import { readAnswer } from './read-answer.ts'
import { type Attempt, delayBeforeNext, retryAfterMs, waitByTimer } from './send-again.ts'

interface Connection {
  readonly options: ClientOptions
  readonly baseUrl: string
  readonly fetch: typeof fetch
}

/**
 * A client of one workspace, over HTTP or, with the `fetch` of an embedded workspace, in process. Opens no connection
 * until the first call. Calls that can do no harm twice (reads, routes with an `Idempotency-Key`, bytes under their own
 * digest) are sent again up to three times when the workspace does not answer; so is any call of which the server says
 * that nothing was changed.
 *
 * Answers are not checked against the contract unless `validate` is set: the server's handlers are typed by the same
 * schemas, and parsing a page of 200 runs twice costs more than reading it from the database.
 *
 * @example
 * const client = createClient({ baseUrl: 'http://127.0.0.1:8700', apiKey })
 * const { items } = await client.listModels({ project: 'cancer-detection' })
 */
export function createClient(options: ClientOptions): Client {
  if (options.apiKey !== undefined && !/^[\x21-\x7e]+$/.test(options.apiKey)) {
    // Left to fetch, the error would print the key.
    throw new PlatformError('unauthenticated', 'The API key holds characters that no key has, or is empty.')
  }
  const connection = {
    options,
    baseUrl: options.baseUrl.replace(/\/+$/, ''),
    fetch: options.fetch ?? globalThis.fetch,
  }
  const calls = preparedRoutes().map((prepared) => [
    prepared.id,
    (input: Input = {}, call: CallOptions = {}) => send({ connection, prepared, input, signal: call.signal }),
  ])
  return Object.fromEntries(calls) as Client
}

interface Sending {
  readonly connection: Connection
  readonly prepared: PreparedRoute
  readonly input: Input
  readonly signal: AbortSignal | undefined
}

async function send(sending: Sending): Promise<unknown> {
  const { connection, prepared, signal } = sending
  const url = `${connection.baseUrl}${prepared.pathOf(sending.input)}`
  const request = requestOf(sending)
  for (let attempt = 1; ; attempt++) {
    const outcome = await attemptOnce(sending, url, request)
    if ('answer' in outcome) return outcome.answer
    const delayMs = delayBeforeNext(sending, outcome, attempt)
    if (delayMs === undefined) throw outcome.error
    connection.options.onRetry?.({ route: prepared.id, attempt, delayMs, error: outcome.error as PlatformError })
    await (connection.options.wait ?? waitByTimer)(delayMs, signal)
  }
}

function requestOf({ connection, prepared: { route }, input, signal }: Sending): RequestInit {
  const headers: Record<string, string> = {}
  const { apiKey, newIdempotencyKey = () => crypto.randomUUID() } = connection.options
  if (apiKey !== undefined) headers.authorization = `Bearer ${apiKey}`
  if (route.creates) headers['idempotency-key'] = newIdempotencyKey()
  const request: RequestInit = { method: route.method, headers, signal: signal ?? null }
  if (route.bytes === 'request') {
    headers['content-type'] = 'application/octet-stream'
    return { ...request, body: input.body as RequestInit['body'], duplex: 'half' } as RequestInit
  }
  if (input.body === undefined) return request
  headers['content-type'] = 'application/json'
  return { ...request, body: JSON.stringify(input.body) }
}

async function attemptOnce(
  { connection, prepared, signal }: Sending,
  url: string,
  request: RequestInit,
): Promise<{ answer: unknown } | Attempt> {
  let response: Response | undefined
  try {
    response = await connection.fetch(url, request)
    return { answer: await readAnswer(response, { ...prepared, validate: connection.options.validate ?? false }) }
  } catch (error) {
    signal?.throwIfAborted()
    const seen = isPlatformError(error) ? error : unreachable(connection.baseUrl, error)
    return { error: seen, retryAfterMs: retryAfterMs(response) }
  }
}

function unreachable(baseUrl: string, error: unknown): PlatformError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const why = cause instanceof Error ? cause.message || String((cause as NodeJS.ErrnoException).code) : String(cause)
  return new PlatformError(
    'workspace_unreachable',
    `The workspace at ${baseUrl} does not answer: ${why}.`,
    {},
    { cause: error },
  )
}
