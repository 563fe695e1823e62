import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { Server as NetServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { DeploymentSettings } from '@airlock-ml/contract'
import { predict, predictionRoutes } from './predict.ts'
import { isTooLarge } from './read-body.ts'
import { pathOf, servePages } from './serve-pages.ts'
import type { Serving } from './serving.ts'
import { refuseUnreadable, rememberLast } from './unreadable-requests.ts'

/** How often the server looks for clients that do not get on. */
const LOOK_EVERY_MS = 500

/** How long a drain waits for requests that were on their way when it began. */
const ON_THEIR_WAY_MS = 250

/** The HTTP server of a service, which does not listen yet. */
export function openServer(serving: Serving): Server {
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    rememberLast(request, response)
    const read = request.method === 'POST' && predictionRoutes.get(pathOf(request))
    if (read) predict(serving, { request, response, read })
    else void servePages(serving, { request, response })
  }
  const server = createServer({ connectionsCheckingInterval: LOOK_EVERY_MS }, handle)
  // A client that asks whether it may send its body is told before it does.
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    if (!isTooLarge(request, serving.settings().limits.bodyBytes)) response.writeContinue()
    handle(request, response)
  })
  refuseUnreadable(server, serving)
  keepTime(server, serving.settings())
  return server
}

/** Ends clients whose headers or body do not come in time. */
export function keepTime(server: Server, { limits }: Pick<DeploymentSettings, 'limits'>): void {
  server.headersTimeout = limits.timeoutMs
  server.requestTimeout = limits.timeoutMs
}

/** Listens no more; answers what comes on the connections there are, and closes them all after `ms` at the latest. */
export async function closeServer(server: Server, ms: number): Promise<void> {
  // `server.close()` would also end the connections that are idle, on which a request may be on its way.
  const closed = new Promise<void>((resolve) => NetServer.prototype.close.call(server, () => resolve()))
  const late = setTimeout(() => server.closeAllConnections(), ms)
  await Promise.race([closed, sleep(Math.min(ON_THEIR_WAY_MS, ms))])
  server.close()
  await closed
  clearTimeout(late)
}
