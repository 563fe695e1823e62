import { hash } from 'node:crypto'
import { DeploymentSettings } from '@airlock-ml/contract'
import { afterEach, expect, test } from 'vitest'
import { ROW, rawClient, rawRequest } from '../../test/raw-client.ts'
import { ask, riskKeys, startRiskService } from '../../test/risk-service.ts'
import type { Service } from './start-service.ts'

let service: Service
afterEach(() => service.drain(0))

test('rows beyond what a request may have are refused, and ten thousand are answered where they are allowed', async () => {
  service = await startRiskService()
  const rows = Array.from({ length: 10_000 }, (_, at) => ({ a: at % 2, b: 0 }))
  expect(await ask(service, { rows })).toMatchObject({ status: 422, body: { code: 'too_many_rows' } })
  const limits = { rowsPerRequest: 10_000, bodyBytes: 10_000_000 }
  service.reconfigure({ settings: DeploymentSettings.parse({ limits }), keys: riskKeys })
  const { status, body } = await ask(service, { rows })
  const said = (body as { predictions: { label: string; predictionId: string }[] }).predictions
  expect([status, said.length]).toEqual([200, 10_000])
  expect(said.every(({ label }, at) => label === (at % 2 ? 'yes' : 'no'))).toBe(true)
  expect(new Set(said.map(({ predictionId }) => predictionId)).size).toBe(10_000)
})

test('rows beyond those that may wait are refused with the time to come again; nothing of them stays in hand', async () => {
  service = await startRiskService({ settings: { limits: { waitingRows: 5 } } })
  const many = rawClient(service.url)
  // One packet, so that all are in hand in one turn of the loop.
  many.send(rawRequest(ROW).repeat(10))
  await many.hears(/(HTTP\/1\.1 [\s\S]*){10}\}$/)
  const statuses = [...many.heard().matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)
  expect(statuses).toEqual([...Array(5).fill('200'), ...Array(5).fill('429')])
  expect(many.heard()).toMatch(/retry-after: 1\r\n[\s\S]*service_busy/)
  many.socket.destroy()
  expect(service.router.waitingRows()).toBe(0)
  expect(await ask(service, ROW)).toMatchObject({ status: 200 })
  const { body } = await ask(service, { rows: Array(6).fill({ a: 1, b: 1 }) })
  expect(body).toMatchObject({ code: 'service_busy' })
})

test('each key may ask so often in a second, and is told when there is room again', async () => {
  let ms = Date.parse('2026-01-01T00:00:00Z')
  const keys = [...riskKeys, { id: 'k2', name: 'other', sha256: hash('sha256', 'other'), expiresAt: null }]
  service = await startRiskService({ now: () => new Date(ms) })
  service.reconfigure({ settings: DeploymentSettings.parse({ limits: { requestsPerSecond: 2 } }), keys })
  const statuses = async (headers = {}) => (await ask(service, ROW, { headers })).status
  expect([await statuses(), await statuses()]).toEqual([200, 200])
  const { status, headers, body } = await ask(service, ROW)
  expect([status, headers.get('retry-after'), body.code]).toEqual([429, '1', 'service_rate_limited'])
  expect(await statuses({ authorization: 'Bearer other' })).toBe(200)
  ms += 500
  expect([await statuses(), await statuses()]).toEqual([200, 429])
})

test('a key is good until it expires, or is taken away', async () => {
  let now = new Date('2026-01-01T00:00:00Z')
  service = await startRiskService({ now: () => now })
  const settings = DeploymentSettings.parse({})
  service.reconfigure({ settings, keys: [{ ...riskKeys[0]!, expiresAt: '2026-01-01T00:01:00Z' }] })
  expect((await ask(service, ROW)).status).toBe(200)
  now = new Date('2026-01-01T00:01:00Z')
  expect(await ask(service, ROW)).toMatchObject({ status: 401, body: { detail: 'The key app has expired.' } })
  service.reconfigure({ settings, keys: riskKeys })
  expect((await ask(service, ROW)).status).toBe(200)
  service.reconfigure({ settings, keys: [] })
  expect(await ask(service, ROW)).toMatchObject({ status: 401, body: { code: 'service_key_refused' } })
  for (const authorization of [
    '',
    'Bearer',
    'Bearer ',
    'Basic c2VjcmV0',
    'Bearer secret more',
    `Bearer ${'x'.repeat(5_000)}`,
  ])
    expect((await ask(service, ROW, { headers: { authorization } })).status).toBe(401)
})

test('a browser is let in from the origins that the settings name, and from no other', async () => {
  service = await startRiskService({ settings: { corsOrigins: ['https://app.example'] } })
  const preflight = (origin: string) =>
    fetch(`${service.url}/v1/predict`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
    })
  const allowed = async (origin: string) => {
    const [before, then] = [await preflight(origin), await ask(service, ROW, { headers: { origin } })]
    expect([before.status, then.status]).toEqual([204, 200])
    const told = [before, then].map(({ headers }) => headers.get('access-control-allow-origin'))
    expect(new Set(told).size).toBe(1)
    return told[0]
  }
  expect(await allowed('https://app.example')).toBe('https://app.example')
  expect(await allowed('https://app.example.evil')).toBeNull()
  expect(await allowed('null')).toBeNull()
  const { headers } = await preflight('https://app.example')
  expect(headers.get('access-control-allow-headers')).toContain('authorization')
  // What is refused can be read, too.
  const refused = await ask(service, '{', { headers: { origin: 'https://app.example' } })
  expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([400, 'https://app.example'])
  service.reconfigure({ settings: DeploymentSettings.parse({ corsOrigins: ['*'] }), keys: riskKeys })
  expect(await allowed('https://any.example')).toBe('https://any.example')
})
