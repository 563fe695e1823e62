import type { z } from 'zod'
import type { ErrorCode } from './errors.ts'
import type { Action } from './rights.ts'

/** One HTTP operation: what the server mounts, the client calls and OpenAPI shows. */
export type Route = {
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Path below `/api/v1` with `{name}` parameters, as OpenAPI writes it. */
  path: `/${string}`
  summary: string
  /** The right a caller needs, from the table in rights.ts; `public` needs no key, `authenticated` any valid one. */
  action: Action | 'public' | 'authenticated'
  params?: z.ZodObject
  query?: z.ZodObject
  /** JSON body. */
  body?: z.ZodType
  /** `request`: the body is raw bytes; `response`: the answer is. Such a side has no schema. */
  bytes?: 'request' | 'response'
  response: z.ZodType
  /** What it answers, with status 202, when four eyes hold the act back until a second person approves it. Such a route `creates`. */
  held?: z.ZodType
  /** The most a JSON body may weigh. Default 32 MiB. */
  maxBodyBytes?: number
  /** Status of success. Default 200. */
  status?: 200 | 201
  /** Whether the route takes an `Idempotency-Key`: sent again with the same key, it answers with the first result. */
  creates?: true
  /** Whether it only says how something is, often: nothing that waits for a change is woken by it. */
  telemetry?: true
  /** The codes a caller must expect besides those every route can answer (`commonErrors`). */
  errors: readonly ErrorCode[]
}
export type Routes = Record<string, Route>

type In<S> = S extends z.ZodType ? z.input<S> : Record<never, never>
type Out<S> = S extends z.ZodType ? z.output<S> : Record<never, never>
type JsonBody<S, Side extends 'in' | 'out'> = S extends z.ZodType
  ? { body: Side extends 'in' ? z.input<S> : z.output<S> }
  : unknown

/** Bytes a caller may send: a stream or blob is sent in chunks, never held whole; a stream only once. */
export type BytesIn = Uint8Array | ReadableStream<Uint8Array> | Blob

type BytesBody<R extends Route, B> = R['bytes'] extends 'request' ? { body: B } : unknown

/** What a caller passes: path and query parameters by name, and `body`. */
export type RouteInput<R extends Route> = In<R['params']> &
  In<R['query']> &
  JsonBody<R['body'], 'in'> &
  BytesBody<R, BytesIn>

/** What a handler receives, parsed. */
export type RouteArgs<R extends Route> = Out<R['params']> &
  Out<R['query']> &
  JsonBody<R['body'], 'out'> &
  BytesBody<R, ReadableStream<Uint8Array>>

/** What a handler returns and a caller gets. */
export type RouteResult<R extends Route> = R['bytes'] extends 'response'
  ? ReadableStream<Uint8Array>
  : z.output<R['response']> | (R extends { held: infer H extends z.ZodType } ? z.output<H> : never)

/** Where every route of the contract is mounted. */
export const API_PREFIX = '/api/v1'
