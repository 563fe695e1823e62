import { PlatformError } from '@airlock-ml/contract'
import type { Hono } from 'hono'
// The one that loads fastest; its routers are not used.
import { Hono as QuickHono } from 'hono/quick'
import type { ServerLog } from '../log.ts'
import { answer } from './answer.ts'
import { requestIdOf } from './mount.ts'
import { SegmentRouter } from './segment-router.ts'

/** What the HTTP layer asks of the process around it. */
export type HttpState = {
  /** True once the server stops taking requests. */
  isDraining: () => boolean
  /** Whether the database answers. */
  isReady: () => Promise<boolean>
  /** Whether a caller is told why the server failed: only where caller and server are one process. */
  tellsCauses: boolean
}

/** The HTTP application before its routes: health, drain, problem details. */
export function createHttp(state: HttpState, options: { newId: () => string; log: ServerLog }): Hono {
  const { isDraining, isReady, tellsCauses } = state
  const app: Hono = new QuickHono()
  app.router = new SegmentRouter()
  app.get('/healthz', (c) => c.json({ status: 'ok' }))
  app.get('/readyz', async (c) => {
    const ready = !isDraining() && (await isReady())
    return c.json({ status: ready ? 'ready' : 'not ready' }, ready ? 200 : 503)
  })
  app.use(async (_, next) => {
    if (isDraining()) throw new PlatformError('server_draining', 'The server is stopping and takes no new requests.')
    await next()
  })
  app.notFound((c) => {
    const allow = methodsAt(app, c.req.path)
    if (allow.length > 0)
      throw new PlatformError(
        'method_not_allowed',
        `${c.req.path} takes ${allow.join(', ')} and not ${c.req.method}.`,
        { allow },
      )
    throw new PlatformError('route_not_found', `There is no ${c.req.method} ${c.req.path}.`)
  })
  app.onError((error, c) => {
    const requestId = requestIdOf(c, options)
    if (!(error instanceof PlatformError)) options.log.error({ requestId, error }, 'request failed')
    const why = tellsCauses ? `: ${error.message}` : ''
    const known = error instanceof PlatformError ? error : new PlatformError('internal', `The server failed${why}.`)
    return answer(c, JSON.stringify(known.toProblem(requestId)), {
      status: known.status,
      headers: {
        'content-type': 'application/problem+json',
        'x-request-id': requestId,
        ...(known.status === 503 && { 'retry-after': '1' }),
        ...(known.code === 'method_not_allowed' && { allow: (known.details.allow as string[]).join(', ') }),
      },
    })
  })
  return app
}

/** What a path can be asked with; nothing when there is no such path. */
function methodsAt(app: Hono, path: string): string[] {
  const known = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((method) =>
    app.router.match(method, path)[0].some(([[, route]]) => route.method === method),
  )
  return known.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
}
