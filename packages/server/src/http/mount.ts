import {
  API_PREFIX,
  type BytesIn,
  isHeld,
  PlatformError,
  type Route,
  type RouteArgs,
  type RouteResult,
  type Routes,
} from '@airlock-ml/contract'
import type { Context, Hono, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { Tx } from '../db/db.ts'
import { answer } from './answer.ts'
import { checkInput, checkNamed } from './check-input.ts'
import { anonymous, type Caller, type RequestContext } from './request-context.ts'

type Result<R extends Route> = R['bytes'] extends 'response' ? ReadableStream<Uint8Array> : RouteResult<R>

/**
 * One function a route. A route that creates is handed the transaction in which its `Idempotency-Key` is kept, so that
 * the act and the memory of it are one.
 */
export type Handlers<T extends Routes> = {
  [K in keyof T]: T[K] extends { creates: true }
    ? (tx: Tx, args: RouteArgs<T[K]>, context: RequestContext) => Promise<Result<T[K]>>
    : (args: RouteArgs<T[K]>, context: RequestContext) => Promise<Result<T[K]>>
}

/** What mounting needs from the slices: who calls, what they may, and how a creation is remembered. */
export type Guards = {
  authenticate: (authorization: string | undefined) => Promise<Caller | null>
  authorize: (caller: Caller, route: Route, project: string | undefined) => Promise<void>
  createOnce: (
    request: { operation: string; key: string | undefined; args: unknown; context: RequestContext },
    create: (tx: Tx) => Promise<unknown>,
  ) => Promise<unknown>
  onRefusal: (refusal: {
    operation: string
    route: Route
    subject: string
    error: PlatformError
    context: RequestContext
  }) => Promise<void>
  /** After each request that may have changed something: there may be work now. */
  onChange: () => void
  newId: () => string
}

/** Bytes are somebody's, a report with a script perhaps: a browser only ever keeps them, and runs nothing of them. */
const octets = {
  'content-type': 'application/octet-stream',
  'content-disposition': 'attachment',
  'content-security-policy': "default-src 'none'; sandbox",
  'x-content-type-options': 'nosniff',
}
const json = { 'content-type': 'application/json' }
const MAX_JSON_BYTES = 32 * 1024 * 1024
const stranger: Caller = { actor: anonymous, roles: [] }

/** Mounts contract routes: authenticate, authorize, parse, call, serialise. */
export function mount<T extends Routes>(app: Hono, routes: T, handlers: Handlers<T>, guards: Guards): void {
  for (const [operation, route] of Object.entries(routes)) {
    const handler = handlers[operation] as (...args: unknown[]) => Promise<unknown>
    const path = API_PREFIX + route.path.replace(/\{(\w+)\}/g, ':$1')
    const call = async (c: Context) => {
      const context: RequestContext = { ...(await identify(c, route, guards)), requestId: requestIdOf(c, guards) }
      try {
        const params = checkNamed('path', route.params, c.req.param())
        // Before the rest is read: whoever may not ask learns nothing about the request but that.
        await guards.authorize(context, route, params.project as string | undefined)
        const args = { ...params, ...(await parse(c, route)) }
        const result = route.creates
          ? await guards.createOnce({ operation, key: c.req.header('idempotency-key'), args, context }, (tx) =>
              handler(tx, args, context),
            )
          : await handler(args, context)
        if (!isRead(route) && !route.telemetry) guards.onChange()
        const headers = { 'x-request-id': context.requestId }
        if (route.bytes === 'response')
          return answer(c, result as ReadableStream<Uint8Array>, { status: 200, headers: { ...headers, ...octets } })
        const status = route.held && isHeld(result as object) ? 202 : (route.status ?? 200)
        return answer(c, JSON.stringify(result), { status, headers: { ...headers, ...json } })
      } catch (error) {
        if (error instanceof PlatformError)
          await guards.onRefusal({ operation, route, subject: c.req.path, error, context })
        throw error
      }
    }
    if (route.body) app.on(route.method, path, limitBody(route.maxBodyBytes ?? MAX_JSON_BYTES), call)
    else app.on(route.method, path, call)
  }
}

const isRead = ({ method }: Route) => method === 'GET' || method === 'HEAD'

async function identify(c: Context, route: Route, guards: Guards): Promise<Caller> {
  const authorization = c.req.header('authorization')
  if (route.action === 'public' && authorization === undefined) return stranger
  const caller = await guards.authenticate(authorization)
  if (caller) return caller
  if (route.action === 'public') return stranger
  const why =
    authorization === undefined
      ? 'The request carries no API key.'
      : 'The API key is unknown, expired, revoked or of a disabled identity.'
  throw new PlatformError('unauthenticated', why)
}

/** Taken from the request where it is harmless, so that a caller can follow it; made otherwise. */
export function requestIdOf(c: Context, { newId }: Pick<Guards, 'newId'>): string {
  const known = c.get('requestId') as string | undefined
  if (known) return known
  const given = c.req.header('x-request-id')
  const id = given && /^[\w-]{1,64}$/.test(given) ? given : newId()
  c.set('requestId', id)
  return id
}

async function parse(c: Context, route: Route): Promise<Record<string, unknown>> {
  const named = checkNamed('query', route.query, c.req.query())
  if (route.bytes === 'request') return { ...named, body: bytesOf(c) }
  if (!route.body) return named
  return { ...named, body: checkInput('body', route.body, await jsonOf(c)) }
}

const bytesOf = (c: Context): BytesIn => c.req.raw.body ?? new Uint8Array()

async function jsonOf(c: Context): Promise<unknown> {
  const text = await c.req.text()
  if (text === '') return {}
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new PlatformError('request_invalid', `The body is not JSON: ${(error as Error).message}`)
  }
}

function limitBody(maxBytes: number): MiddlewareHandler {
  const counted = bodyLimit({
    maxSize: maxBytes,
    onError: () => {
      throw new PlatformError('body_too_large', `The body is larger than ${maxBytes} bytes.`, { maxBytes })
    },
  })
  return (c, next) => {
    const length = c.req.header('content-length')
    // Asked first, because a body in this process becomes a stream when it is looked at.
    const isSmall = length !== undefined && /^\d+$/.test(length) && Number(length) <= maxBytes
    return isSmall && c.req.header('transfer-encoding') === undefined ? next() : counted(c, next)
  }
}
