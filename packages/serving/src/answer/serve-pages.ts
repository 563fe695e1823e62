import type { ServerResponse } from 'node:http'
import { PlatformError } from '@airlock-ml/contract'
import { allowOrigin, type Reply, send, sendProblem } from './reply.ts'
import type { Serving } from './serving.ts'

/** All that is not a prediction: health, metrics, what browsers ask first. */
export async function servePages(serving: Serving, { request, response }: Reply): Promise<void> {
  request.resume()
  const path = (request.url ?? '').split('?')[0] ?? ''
  const reply = { request, response }
  try {
    if (request.method === 'OPTIONS' && (path === '/invoke' || path === '/v1/predict')) return preflight(serving, reply)
    if (path === '/invoke' || path === '/v1/predict') throw methodUnknown(response, 'POST, OPTIONS')
    const page = pages[path]
    if (!page) throw new PlatformError('service_route_unknown', `There is no ${path.slice(0, 200)}.`)
    if (request.method !== 'GET' && request.method !== 'HEAD') throw methodUnknown(response, 'GET, HEAD')
    await page(serving, reply)
  } catch (error) {
    sendProblem(serving, { ...reply, error })
  }
}

type Page = (serving: Serving, reply: Reply) => void | Promise<void>

const pages: Readonly<Record<string, Page>> = {
  '/healthz': (serving, reply) => send(serving, { ...reply, status: 200, text: '{"status":"ok"}' }),
  '/readyz': (serving, reply) => {
    if (serving.isDraining()) throw new PlatformError('service_draining', 'The service is stopping.')
    const version = serving.router.champion()
    if (!version) throw new PlatformError('nobody_serves', 'No version answers.')
    send(serving, {
      ...reply,
      status: 200,
      text: JSON.stringify({ status: 'ready', model: version.model, version: version.number }),
    })
  },
  '/metrics': async (serving, { response }) => {
    const text = await serving.counters.text()
    response.writeHead(200, { 'content-type': serving.counters.contentType }).end(text)
  },
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
