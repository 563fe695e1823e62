import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { answering, ask, planOf, startRiskService } from '../../test/risk-service.ts'
import { MAX_FLOAT32 } from './read-row.ts'
import type { Service } from './start-service.ts'

type Operation = { responses: Record<string, { content: Record<string, unknown> }> }
type Document = { paths: Record<string, Record<string, Operation>>; components: { schemas: Record<string, object> } }

let service: Service
let document: Document
let schemas: Ajv2020
beforeAll(async () => {
  service = await startRiskService({ settings: { limits: { rowsPerRequest: 3 } } })
  document = (await (await fetch(`${service.url}/openapi.json`)).json()) as Document
  schemas = new Ajv2020({ strict: false, validateFormats: false }).addSchema(document, 'openapi.json')
})
afterAll(() => service.drain(0))

const schemaAt = (...pointer: string[]): ValidateFunction =>
  schemas.getSchema(
    `openapi.json#/${pointer.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`,
  )!
const requestSchema = (path: string) =>
  schemaAt('paths', path, 'post', 'requestBody', 'content', 'application/json', 'schema')

test('an outside tool finds the document to be OpenAPI 3.1', async () => {
  const { valid, errors } = await new Validator().validate(structuredClone(document))
  expect({ valid, errors }).toEqual({ valid: true, errors: undefined })
  expect(document).toMatchObject({
    info: { title: 'risk-api', version: '3', 'x-airlock': { name: 'risk', sourceVersion: 7, classes: ['no', 'yes'] } },
  })
})

const row = { a: 1, b: 0 }
const rows = (count: number) => Array.from({ length: count }, () => row)
const bodies: [string, unknown][] = [
  ['/v1/predict', { row }],
  ['/v1/predict', { row, key: 'k', subject: null }],
  ['/v1/predict', { row, key: '😀'.repeat(200) }],
  ['/v1/predict', { row, key: '😀'.repeat(201) }],
  ['/v1/predict', { row, key: '' }],
  ['/v1/predict', { row, key: 7 }],
  ['/v1/predict', { rows: rows(3) }],
  ['/v1/predict', { rows: rows(4) }],
  ['/v1/predict', { rows: [] }],
  ['/v1/predict', { rows: row }],
  ['/v1/predict', { row, rows: rows(1) }],
  ['/v1/predict', { row: { a: 1 } }],
  ['/v1/predict', { row: { ...row, c: 1 } }],
  ['/v1/predict', { row: { ...row, a: null } }],
  ['/v1/predict', { row: { ...row, a: '1' } }],
  ['/v1/predict', { row: { ...row, a: MAX_FLOAT32 } }],
  ['/v1/predict', { row: { ...row, a: -MAX_FLOAT32 } }],
  ['/v1/predict', { row: { ...row, a: MAX_FLOAT32 * (1 + Number.EPSILON) } }],
  ['/v1/predict', { row: { ...row, a: 1e39 } }],
  ['/v1/predict', { row: { ...row, a: -0 } }],
  ['/v1/predict', {}],
  ['/v1/predict', []],
  ['/v1/predict', null],
  ['/v1/predict', 'text'],
  ['/v1/predict', { parameters: { patient: row } }],
  ['/invoke', { parameters: { patient: row } }],
  ['/invoke', { parameters: { patient: rows(2), key: 'k' } }],
  ['/invoke', { parameters: { patient: row, other: 1 } }],
  ['/invoke', { parameters: {} }],
  ['/invoke', { row }],
]
test.each(bodies)('%s takes %j if, and only if, the document says so, and answers as it says', async (path, body) => {
  const said = await ask(service, typeof body === 'string' ? JSON.stringify(body) : body, { path })
  expect(said.status === 200).toBe(requestSchema(path)(body))
  const type = said.headers.get('content-type')!
  const promised = document.paths[path]!.post!.responses[said.status]!
  expect(Object.keys(promised.content)).toEqual([type])
  const check = schemaAt('paths', path, 'post', 'responses', String(said.status), 'content', type, 'schema')
  expect([check(said.body), check.errors]).toEqual([true, null])
})

test('each page it lists is there, with the type it says, and takes no other method', async () => {
  for (const [path, { get, post }] of Object.entries(document.paths)) {
    const answer = await fetch(`${service.url}${path}`)
    const other = await fetch(`${service.url}${path}`, { method: 'DELETE' })
    expect([path, other.status, other.headers.get('allow')]).toEqual([path, 405, get ? 'GET, HEAD' : 'POST, OPTIONS'])
    if (post) continue
    expect(Object.keys(get!.responses[200]!.content)).toEqual([answer.headers.get('content-type')!.split(';')[0]])
  }
  const unknown = await fetch(`${service.url}/nothing`)
  expect([unknown.status, (await unknown.json()) as object]).toMatchObject([404, { code: 'service_route_unknown' }])
  expect((await fetch(`${service.url}/v1/predict?x=1`, { method: 'POST' })).status).toBe(401)
})

test('where nobody serves there is no schema yet; where no key is needed none is asked for', async () => {
  const empty = await startRiskService({ champion: null, plan: planOf(answering), settings: { requiresKey: false } })
  try {
    const refused = await fetch(`${empty.url}/openapi.json`)
    expect([refused.status, await refused.json()]).toMatchObject([503, { detail: 'No version answers.' }])
    const page = await fetch(empty.url)
    expect([page.status, (await page.text()).includes('No version answers')]).toEqual([200, true])
  } finally {
    await empty.drain(0)
  }
})
