import type { Api, PlatformError, Route, RouteInput, RouteResult } from '@airlock-ml/contract'

/** What a single call may say besides its input. */
export interface CallOptions {
  /** Stops waiting; the call then rejects with the signal's reason. What the server has begun, it finishes. */
  readonly signal?: AbortSignal
}

type Call<R extends Route> =
  Record<never, never> extends RouteInput<R>
    ? (input?: RouteInput<R>, options?: CallOptions) => Promise<RouteResult<R>>
    : (input: RouteInput<R>, options?: CallOptions) => Promise<RouteResult<R>>

/**
 * One method a route of the contract, named by its operation id. Path and query parameters are passed by name, what is
 * sent as `body`. Every method rejects with a `PlatformError`: the server's own, or `workspace_unreachable`.
 *
 * @example
 * const run = await client.showRun({ project: 'cancer-detection', runId })
 */
export type Client = { readonly [Id in keyof Api]: Call<Api[Id]> }

/** Told before a call is sent again. */
export interface RetryNotice {
  readonly route: keyof Api
  /** 1 for the first time it is sent again. */
  readonly attempt: number
  readonly delayMs: number
  readonly error: PlatformError
}

/** Where a workspace is and how to speak to it. */
export interface ClientOptions {
  /** Address without `/api/v1`, as `http://127.0.0.1:8700`. In process any address will do. */
  readonly baseUrl: string
  /** `alk_<id>_<secret>`. Without one only public routes answer. */
  readonly apiKey?: string
  /** Default: the global `fetch`. An embedded workspace gives its own, so that no port is needed. */
  readonly fetch?: typeof fetch
  /** Whether to check every answer against the contract. Default false. */
  readonly validate?: boolean
  readonly onRetry?: (notice: RetryNotice) => void
  /** Default: `crypto.randomUUID`. */
  readonly newIdempotencyKey?: () => string
  /** Waits before a call is sent again. Default: a timer. */
  readonly wait?: (delayMs: number, signal: AbortSignal | undefined) => Promise<void>
}
