// What a service promises in its OpenAPI document, against requests made out of that document: sound ones, and ones with
// something wrong in them. More of them, and others: AIRLOCK_FUZZ_RUNS=20000 AIRLOCK_FUZZ_SEED=7.
import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { gzipSync } from 'node:zlib'
import { DeploymentSettings, PlatformError } from '@airlock-ml/contract'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadRisk, riskKeys, SECRET, startRiskService } from '../../test/risk-service.ts'
import { type JsonSchema, valuesOf, withOneChange } from '../../test/schema-values.ts'
import type { LoadedVersion } from './loaded-version.ts'
import type { Service } from './start-service.ts'

const numRuns = Number(process.env.AIRLOCK_FUZZ_RUNS ?? 300)
const seed = Number(process.env.AIRLOCK_FUZZ_SEED ?? 1)
const ROWS = 4

type Response = { headers: Record<string, { required?: boolean }>; content: Record<string, unknown> }
type Operation = { responses: Record<string, Response> }
type Document = {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, JsonSchema> }
}

const agent = new Agent({ keepAlive: true })
let service: Service
let document: Document
let schemas: Ajv2020
beforeAll(async () => {
  service = await startRiskService({ settings: { limits: { rowsPerRequest: ROWS, bodyBytes: 10_000 } } })
  document = (await (await fetch(`${service.url}/openapi.json`)).json()) as Document
  schemas = new Ajv2020({ strict: false, coerceTypes: false })
    .addFormat('uuid', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    .addSchema(document, 'openapi.json')
})
afterAll(async () => {
  agent.destroy()
  await service.drain(0)
})

const schemaAt = (...pointer: string[]): ValidateFunction => {
  const escaped = pointer.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')))
  return schemas.getSchema(`openapi.json#/${escaped.join('/')}`)!
}
const find = (ref: string): JsonSchema => document.components.schemas[ref.split('/').at(-1)!]!

type Sent = {
  path: string
  method?: string
  headers?: Record<string, string>
  body?: string | Buffer
}
type Said = { status: number; headers: IncomingHttpHeaders; text: string }

const asking = { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' }

/** Sends what no client would. */
function send({ path, method = 'POST', headers = asking, body = '' }: Sent): Promise<Said> {
  return new Promise((resolve, reject) => {
    const length = method === 'GET' ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    const sent = httpRequest(service.url, { agent, path, method, headers: { ...length, ...headers } }, (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (part: string) => (text += part))
      answer.on('end', () => resolve({ status: answer.statusCode!, headers: answer.headers, text }))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

/** Status, kind, headers and body are as the document has them for that operation. */
function demandKept(said: Said, { path, method }: { path: string; method: string }): void {
  const { status, headers, text } = said
  const promised = document.paths[path]![method]!.responses[status]
  if (!promised) throw new Error(`${method} ${path} promises no ${status}: ${text}`)
  const at = ['paths', path, method, 'responses', String(status)]
  const type = headers['content-type']!.split(';')[0]!
  expect(Object.keys(promised.content)).toContain(type)
  demandValid(schemaAt(...at, 'content', type, 'schema'), type.endsWith('json') ? JSON.parse(text) : text)
  for (const [name, { required }] of Object.entries(promised.headers)) {
    const value = headers[name.toLowerCase()]
    if (value === undefined && !required) continue
    const check = schemaAt(...at, 'headers', name, 'schema')
    demandValid(check, /^\d+$/.test(String(value)) ? Number(value) : value)
  }
  if (type === 'application/problem+json') {
    const { requestId, status: told, code } = JSON.parse(text) as { requestId: string; status: number; code: string }
    expect([headers['x-request-id'], status]).toEqual([requestId, told])
    expect((document.paths[path]![method]!.responses[status] as { description?: string }).description).toContain(code)
  }
}

function demandValid(check: ValidateFunction, value: unknown): void {
  if (!check(value)) throw new Error(`${JSON.stringify(value)}: ${JSON.stringify(check.errors)}`)
}

const asked = ['/v1/predict', '/invoke'] as const
const bodySchema = (path: string) =>
  (document.paths[path]!.post as unknown as { requestBody: { content: Record<string, { schema: JsonSchema }> } })
    .requestBody.content['application/json']!.schema

test.each(asked)(
  '%s answers every body that the document allows',
  async (path) => {
    const isAllowed = schemaAt('paths', path, 'post', 'requestBody', 'content', 'application/json', 'schema')
    await fc.assert(
      fc.asyncProperty(valuesOf(bodySchema(path), find), async (body) => {
        demandValid(isAllowed, body)
        const said = await send({ path, body: JSON.stringify(body) })
        expect(said.status).toBe(200)
        demandKept(said, { path, method: 'post' })
      }),
      { numRuns, seed },
    )
  },
  600_000,
)

test.each(asked)(
  '%s refuses, as the document says, every body that the document does not allow',
  async (path) => {
    const isAllowed = schemaAt('paths', path, 'post', 'requestBody', 'content', 'application/json', 'schema')
    const statuses = new Map<number, number>()
    await fc.assert(
      fc.asyncProperty(withOneChange(withOneChange(valuesOf(bodySchema(path), find))), async (body) => {
        const text = JSON.stringify(body) ?? ''
        const said = await send({ path, body: text })
        statuses.set(said.status, (statuses.get(said.status) ?? 0) + 1)
        demandKept(said, { path, method: 'post' })
        expect(said.status === 200).toBe(text !== '' && isAllowed(JSON.parse(text)))
      }),
      { numRuns, seed },
    )
    // Both kinds came, and more than one kind of refusal.
    expect([...statuses.keys()].sort()).toEqual(expect.arrayContaining([200, 400, 422]))
  },
  600_000,
)

type Spoil = (sent: Sent & { body: string }) => Sent

/** What is wrong with a request beside the value in its body. */
const spoils: fc.Arbitrary<Spoil> = fc.oneof(
  fc.nat().map(
    (at): Spoil =>
      (sent) => ({ ...sent, body: sent.body.slice(0, at % (sent.body.length + 1)) }),
  ),
  fc.tuple(fc.nat(), fc.nat(255)).map(
    ([at, byte]): Spoil =>
      (sent) => {
        const body = Buffer.from(sent.body)
        body[at % body.length] = byte
        return { ...sent, body }
      },
  ),
  fc.uint8Array({ maxLength: 50 }).map(
    (bytes): Spoil =>
      (sent) => ({ ...sent, body: Buffer.from(bytes) }),
  ),
  fc.constant<Spoil>((sent) => ({ ...sent, body: sent.body.replace(/"([^"]*)":/, '"$1":0,"$1":') })),
  fc.constant<Spoil>((sent) => ({ ...sent, body: sent.body + ' '.repeat(10_001) })),
  fc.constant<Spoil>((sent) => ({
    ...{ ...sent, body: gzipSync(sent.body), headers: { ...asking, 'content-encoding': 'gzip' } },
  })),
  fc.constantFrom('text/plain', 'application/xml', 'application/json; charset=utf-16', '', 'a', '*/*').map(
    (type): Spoil =>
      (sent) => ({ ...sent, headers: { ...asking, 'content-type': type } }),
  ),
  fc
    .constantFrom('', 'Bearer', 'Bearer wrong', `Basic ${SECRET}`, `Bearer ${SECRET} x`, `Bearer ${'x'.repeat(900)}`)
    .map(
      (authorization): Spoil =>
        (sent) => ({ ...sent, headers: { ...asking, authorization } }),
    ),
  fc.constant<Spoil>((sent) => ({ ...sent, headers: { ...asking, 'x-long': 'x'.repeat(20_000) } })),
  fc.string({ unit: 'binary-ascii' }).map(
    (text): Spoil =>
      (sent) => ({ ...sent, path: `${sent.path}?${encodeURIComponent(text)}` }),
  ),
)

test.each(asked)(
  '%s keeps what it promises whatever else is wrong with a request, and never fails',
  async (path) => {
    const statuses = new Set<number>()
    await fc.assert(
      fc.asyncProperty(valuesOf(bodySchema(path), find), spoils, async (value, spoil) => {
        const said = await send(spoil({ path, body: JSON.stringify(value) }))
        statuses.add(said.status)
        expect(said.status).toBeLessThan(500)
        demandKept(said, { path, method: 'post' })
      }),
      { numRuns, seed },
    )
    expect([...statuses].sort()).toEqual(expect.arrayContaining([200, 400, 401, 413, 415, 431]))
    expect((await send({ path, body: JSON.stringify(exampleOf(path)) })).status).toBe(200)
  },
  600_000,
)

const exampleOf = (path: string): unknown =>
  (document.paths[path]!.post as unknown as { requestBody: { content: Record<string, { example: unknown }> } })
    .requestBody.content['application/json']!.example

const ODD_HEADERS: readonly Record<string, string>[] = [
  { authorization: 'Bearer wrong' },
  { accept: 'image/png' },
  { 'x-long': 'x'.repeat(20_000) },
]
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND']

test('every page is as promised whatever is sent with the question, and any other method is refused with those there are', async () => {
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const said = await send({ path: `${path}?a=%00&b`, method, body: ['GET', 'HEAD'].includes(method) ? '' : '{' })
      const name = method.toLowerCase()
      expect(said.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
      if (operations[name]) demandKept(said, { path, method: name })
      else if (method === 'HEAD' && operations.get) expect([said.status, said.text]).toEqual([200, ''])
      else if (method === 'OPTIONS' && operations.post) expect([said.status, said.text]).toEqual([204, ''])
      else {
        expect([path, method, said.status]).toEqual([path, method, 405])
        expect(said.headers.allow?.toLowerCase().split(', ')).toEqual(expect.arrayContaining(Object.keys(operations)))
      }
    }
    if (operations.get)
      for (const headers of ODD_HEADERS)
        demandKept(await send({ path, method: 'GET', headers }), { path, method: 'get' })
  }
})

test('what it refuses in other states is as promised, too', async () => {
  const body = JSON.stringify(exampleOf('/v1/predict'))
  const statuses: number[] = []
  const look = async () => {
    for (const [path, operations] of Object.entries(document.paths))
      for (const method of Object.keys(operations)) {
        const said = await send({ path, method: method.toUpperCase(), body: method === 'post' ? body : '' })
        demandKept(said, { path, method })
        if (path === '/v1/predict') statuses.push(said.status)
      }
  }
  const state = async (limits: object, answer?: LoadedVersion['answer']) => {
    service.reconfigure({ settings: DeploymentSettings.parse({ limits }), keys: riskKeys })
    const loaded = await loadRisk(3)
    await service.change({ champion: { ...loaded, ...(answer && { answer }) }, whyNobody: null, canary: null })
    await look()
  }
  const often = { requestsPerSecond: 0.01 }
  await state(often)
  await look()
  const failing = (error: Error) => () => Promise.reject(error)
  await state({}, failing(new Error('no luck')))
  await state({}, failing(new PlatformError('answer_too_slow', 'It took too long.')))
  await service.change({ champion: null, whyNobody: 'It was recalled.', isRecalled: true, canary: null })
  await look()
  await state({})
  expect(statuses).toEqual([200, 429, 500, 504, 503, 200])
})
