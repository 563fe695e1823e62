import type { IncomingMessage, ServerResponse } from 'node:http'
import { PlatformError } from '@airlock-ml/contract'
import { nobodyServes } from './nobody-serves.ts'
import { openapi, type Signature } from './openapi.ts'
import { pageHeaders, pageText } from './page.ts'
import { predictionRoutes } from './predict.ts'
import { allowOrigin, REQUEST_ID, type Reply, send, sendProblem } from './reply.ts'
import type { Serving } from './serving.ts'

/** All that is not a prediction: health, metrics, schema, what browsers ask first. */
export async function servePages(serving: Serving, { request, response }: Reply): Promise<void> {
  request.resume()
  const path = pathOf(request)
  const reply = { request, response }
  try {
    if (predictionRoutes.has(path)) {
      if (request.method === 'OPTIONS') return preflight(serving, reply)
      throw methodUnknown(response, 'POST, OPTIONS')
    }
    const page = pages.get(path)
    if (!page) throw new PlatformError('service_route_unknown', `There is no ${path.slice(0, 200)}.`)
    if (request.method !== 'GET' && request.method !== 'HEAD') throw methodUnknown(response, 'GET, HEAD')
    await page(serving, reply)
  } catch (error) {
    sendProblem(serving, { ...reply, error })
  }
}

/** What a request asks for, without its query. */
export const pathOf = ({ url = '' }: IncomingMessage): string =>
  url.includes('?') ? url.slice(0, url.indexOf('?')) : url

type Page = (serving: Serving, reply: Reply) => void | Promise<void>

const pages: ReadonlyMap<string, Page> = new Map<string, Page>([
  ['/healthz', (serving, reply) => sendPage(serving, reply, '{"status":"ok"}')],
  [
    '/readyz',
    (serving, reply) => {
      if (serving.isDraining()) throw new PlatformError('service_draining', 'The service is stopping.')
      const { model, number } = demandSignature(serving, reply).version
      sendPage(serving, reply, JSON.stringify({ status: 'ready', model, version: number }))
    },
  ],
  [
    '/metrics',
    async ({ counters, newId }, { response }) => {
      const text = await counters.text()
      response.writeHead(200, { 'content-type': counters.contentType, [REQUEST_ID]: newId() }).end(text)
    },
  ],
  [
    '/openapi.json',
    (serving, reply) => sendPage(serving, reply, JSON.stringify(openapi(serving, demandSignature(serving, reply)))),
  ],
  [
    '/',
    (serving, { response }) => {
      response
        .writeHead(200, { ...pageHeaders(), [REQUEST_ID]: serving.newId() })
        .end(pageText(serving, serving.router.signature()))
    },
  ],
])

const sendPage = (serving: Serving, reply: Reply, text: string): void =>
  send(serving, { ...reply, status: 200, requestId: serving.newId(), text })

function demandSignature(serving: Serving, { request }: Reply): Signature {
  const signature = serving.router.signature()
  if (signature) return signature
  throw nobodyServes(serving, serving.callers().knows(request.headers.authorization))
}

function preflight(serving: Serving, { request, response }: Reply): void {
  const { origin } = request.headers
  if (origin !== undefined && allowOrigin(serving.settings(), { origin, response })) {
    response.setHeader('access-control-allow-methods', 'POST')
    response.setHeader('access-control-allow-headers', 'authorization, content-type')
    response.setHeader('access-control-max-age', '600')
  }
  response.writeHead(204, { [REQUEST_ID]: serving.newId() }).end()
}

function methodUnknown(response: ServerResponse, allow: string): PlatformError {
  response.setHeader('allow', allow)
  return new PlatformError('service_method_unknown', `It takes ${allow}.`)
}
