import { PlatformError } from '@airlock-ml/contract'
import { Hono } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { ServerLog } from '../log.ts'
import { requestIdOf } from './mount.ts'

/** What the HTTP layer asks of the process around it. */
export type HttpState = {
  /** True once the server stops taking requests. */
  isDraining: () => boolean
  /** Whether the database answers. */
  isReady: () => Promise<boolean>
}

/** The HTTP application before its routes: health, drain, problem details. */
export function createHttp({ isDraining, isReady }: HttpState, options: { newId: () => string; log: ServerLog }): Hono {
  const app = new Hono()
  app.get('/healthz', (c) => c.json({ status: 'ok' }))
  app.get('/readyz', async (c) => {
    const ready = !isDraining() && (await isReady())
    return c.json({ status: ready ? 'ready' : 'not ready' }, ready ? 200 : 503)
  })
  app.use(async (c, next) => {
    if (isDraining()) throw new PlatformError('server_draining', 'The server is stopping and takes no new requests.')
    await next()
    c.header('x-request-id', requestIdOf(c, options))
  })
  app.notFound((c) => {
    throw new PlatformError('route_not_found', `There is no ${c.req.method} ${c.req.path}.`)
  })
  app.onError((error, c) => {
    const requestId = requestIdOf(c, options)
    if (!(error instanceof PlatformError)) options.log.error({ requestId, error }, 'request failed')
    const known = error instanceof PlatformError ? error : new PlatformError('internal', 'The server failed.')
    if (known.status === 503) c.header('retry-after', '1')
    return c.body(JSON.stringify(known.toProblem(requestId)), known.status as ContentfulStatusCode, {
      'content-type': 'application/problem+json',
      'x-request-id': requestId,
    })
  })
  return app
}
