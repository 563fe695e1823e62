import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { serve } from '@hono/node-server'

/** A listening server. `close` waits for requests under way, at most `drainMs`. */
export type Listening = { url: string; close: (drainMs: number) => Promise<void> }

/** Listens for an application's requests. @throws the system's error, as EADDRINUSE */
export async function listen(
  app: { fetch: (request: Request) => Response | Promise<Response> },
  { host, port }: { host: string; port: number },
): Promise<Listening> {
  const server = await new Promise<Server>((resolve, reject) => {
    const made = serve({ fetch: app.fetch, hostname: host, port }, () => resolve(made as Server)) as Server
    made.once('error', reject)
  })
  const address = server.address() as AddressInfo
  const shownHost = address.family === 'IPv6' ? `[${address.address}]` : address.address
  return {
    url: `http://${shownHost}:${address.port}`,
    close: async (drainMs) => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      // A connection that answers its last request only now would stay open until its keep-alive ends.
      const idle = setInterval(() => server.closeIdleConnections(), 20)
      const gaveUp = new AbortController()
      await Promise.race([closed, sleep(drainMs, undefined, { signal: gaveUp.signal }).catch(() => {})])
      gaveUp.abort()
      clearInterval(idle)
      server.closeAllConnections()
      await closed
    },
  }
}
