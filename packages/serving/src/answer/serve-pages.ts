import type { IncomingMessage, ServerResponse } from 'node:http'
import { PlatformError } from '@airlock-ml/contract'
import { openapi, type Signature } from './openapi.ts'
import { pageHeaders, pageText } from './page.ts'
import { predictionRoutes } from './predict.ts'
import { allowOrigin, type Reply, send, sendProblem } from './reply.ts'
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
  ['/healthz', (serving, reply) => send(serving, { ...reply, status: 200, text: '{"status":"ok"}' })],
  [
    '/readyz',
    (serving, reply) => {
      if (serving.isDraining()) throw new PlatformError('service_draining', 'The service is stopping.')
      const { model, number } = demandSignature(serving).version
      send(serving, { ...reply, status: 200, text: JSON.stringify({ status: 'ready', model, version: number }) })
    },
  ],
  [
    '/metrics',
    async (serving, { response }) => {
      const text = await serving.counters.text()
      response.writeHead(200, { 'content-type': serving.counters.contentType }).end(text)
    },
  ],
  [
    '/openapi.json',
    (serving, reply) =>
      send(serving, { ...reply, status: 200, text: JSON.stringify(openapi(serving, demandSignature(serving))) }),
  ],
  [
    '/',
    (serving, { response }) => {
      response.writeHead(200, pageHeaders()).end(pageText(serving, serving.router.signature()))
    },
  ],
])

function demandSignature({ router }: Serving): Signature {
  const signature = router.signature()
  if (signature) return signature
  throw new PlatformError('nobody_serves', router.whyNobody() ?? 'No version answers.')
}

function preflight(serving: Serving, { request, response }: Reply): void {
  const { origin } = request.headers
  if (origin !== undefined && allowOrigin(serving.settings(), { origin, response })) {
    response.setHeader('access-control-allow-methods', 'POST')
    response.setHeader('access-control-allow-headers', 'authorization, content-type')
    response.setHeader('access-control-max-age', '600')
  }
  response.writeHead(204).end()
}

function methodUnknown(response: ServerResponse, allow: string): PlatformError {
  response.setHeader('allow', allow)
  return new PlatformError('service_method_unknown', `It takes ${allow}.`)
}
