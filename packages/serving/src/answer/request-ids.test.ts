import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { ROW, rawClient, rawRequest } from '../../test/raw-client.ts'
import { ask, SECRET, silent, startRiskService } from '../../test/risk-service.ts'
import type { Service } from './start-service.ts'

let service: Service
afterEach(() => service.drain(0))

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/

type Line = { requestId?: string; requests?: number } & Record<string, unknown>

async function started(): Promise<Line[]> {
  const lines: Line[] = []
  const write = (fields: object) => void lines.push(fields as Line)
  service = await startRiskService({
    ...{ log: { ...silent, info: write, error: write }, settings: { limits: { timeoutMs: 300, bodyBytes: 2_000 } } },
  })
  return lines
}

test('every refusal carries an id, as a header too, under which the log knows it without what was sent', async () => {
  const lines = await started()
  const asked: [string, RequestInit][] = [
    ['/v1/predict', { method: 'POST', body: '{"patient of ward 7' }],
    ['/v1/predict', { method: 'POST', body: '{"row":{"patient of ward 7":1}}' }],
    ['/v1/predict?patient=7', { method: 'POST', body: ROW, headers: { authorization: 'Bearer patient of ward 7' } }],
    ['/v1/predict', { method: 'POST', body: 'x'.repeat(3_000) }],
    ['/v1/predict', { method: 'POST', body: ROW, headers: { 'content-type': 'text/plain' } }],
    ['/v1/predict', { method: 'DELETE' }],
    ['/nothing', {}],
  ]
  const statuses: number[] = []
  for (const [path, { headers, ...request }] of asked) {
    const own = { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json', ...headers }
    const answer = await fetch(`${service.url}${path}`, { ...request, headers: own })
    const { requestId, status, code } = (await answer.json()) as { requestId: string; status: number; code: string }
    statuses.push(status)
    expect(requestId).toMatch(UUID)
    expect(answer.headers.get('x-request-id')).toBe(requestId)
    const [line, ...others] = lines.filter((each) => each.requestId === requestId)
    expect(others).toEqual([])
    expect(line).toEqual({ requestId, status, code, method: request.method ?? 'GET', path: path.split('?')[0] })
  }
  expect(statuses).toEqual([400, 422, 401, 413, 415, 405, 404])
  expect(JSON.stringify(lines)).not.toContain('patient')
})

test('so does one of what is no request at all', async () => {
  const lines = await started()
  for (const [sent, status] of [
    ['HELO mail\r\n\r\n', 400],
    [rawRequest(ROW, { headers: `x-long: ${'x'.repeat(20_000)}\r\n` }), 431],
    [rawRequest(ROW).slice(0, -4), 408],
  ] as const) {
    const client = rawClient(service.url)
    client.send(sent)
    const [, id] = /x-request-id: (\S+)\r\n[\s\S]*"requestId":"\1"/.exec(await client.ended)!
    expect(lines).toContainEqual(expect.objectContaining({ requestId: id, status }))
  }
})

test('an answer is named by its first prediction, and a page by an id of its own', async () => {
  await started()
  const one = await ask(service, ROW)
  expect(one.headers.get('x-request-id')).toBe(one.body.predictionId)
  const many = await ask(service, {
    rows: [
      { a: 1, b: 0 },
      { a: 0, b: 0 },
    ],
  })
  const [first] = many.body.predictions as { predictionId: string }[]
  expect(many.headers.get('x-request-id')).toBe(first!.predictionId)
  const ids = new Set<string | null>()
  for (const path of ['/', '/healthz', '/readyz', '/metrics', '/openapi.json']) {
    const answer = await fetch(`${service.url}${path}`)
    await answer.body?.cancel()
    expect(answer.headers.get('x-request-id')).toMatch(UUID)
    ids.add(answer.headers.get('x-request-id'))
  }
  expect(ids.size).toBe(5)
})

test('many refusals in one second are counted, and do not fill the log', async () => {
  const lines = await started()
  const refused = await Promise.all(Array.from({ length: 100 }, () => ask(service, '{')))
  const told = refused.map(({ body }) => body.requestId)
  expect(new Set(told).size).toBe(100)
  expect(lines.length).toBeLessThanOrEqual(40)
  await expect.poll(() => lines.some(({ requests }) => requests !== undefined), { timeout: 3_000 }).toBe(true)
  const named = lines.filter(({ requestId }) => told.includes(requestId)).length
  const counted = lines.reduce((sum, { requests = 0 }) => sum + requests, 0)
  expect(named + counted).toBe(100)
  await sleep(1_000)
  const later = await ask(service, '{')
  expect(lines.at(-1)).toMatchObject({ requestId: later.body.requestId })
})
