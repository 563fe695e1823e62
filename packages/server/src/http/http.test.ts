import { api, commonErrors, errors, Problem } from '@airlock-ml/contract'
import { beforeAll, expect, test } from 'vitest'
import { sharedWorkspaces } from '../../test/shared-workspaces.ts'
import { project } from '../../test/two-workspaces.ts'
import { openapi } from './openapi.ts'

const both = sharedWorkspaces()
let key: string

beforeAll(async () => {
  key = await both.dev.keyOf('root')
})

const send = (method: string, path: string, body?: string, headers = {}) =>
  both.dev.workspace.fetch(`http://workspace${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, ...headers },
    ...(body !== undefined && { body }),
  })

test('every error is a problem with a remedy and the request’s id', async () => {
  const cases = [
    await send('GET', '/api/v1/nowhere'),
    await send('POST', '/api/v1/projects', '{'),
    await send('POST', '/api/v1/projects', '{"name":"../etc"}'),
    await send('GET', `/api/v1/projects/${project}/runs/not-an-id`),
    await send('GET', '/api/v1/projects?limit=1000'),
    await send('GET', '/api/v1/projects?cursor=%FF'),
    await send('GET', '/api/v1/projects/nonesuch'),
  ]
  const codes = []
  for (const response of cases) {
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    const problem = Problem.parse(await response.json())
    expect(problem).toMatchObject({
      status: response.status,
      type: `urn:airlock:error:${problem.code}`,
      requestId: response.headers.get('x-request-id'),
    })
    expect(problem.remedy.length).toBeGreaterThan(10)
    codes.push(problem.code)
  }
  expect(codes).toEqual([
    'route_not_found',
    'request_invalid',
    'request_invalid',
    'request_invalid',
    'request_invalid',
    'request_invalid',
    'project_not_found',
  ])
})

test('a body beyond the limit is refused, also a deep or a long one within it', async () => {
  const huge = await send('POST', '/api/v1/projects', 'x'.repeat(33 * 1024 * 1024))
  expect(huge.status).toBe(413)
  const long = await send('POST', '/api/v1/projects', JSON.stringify({ name: 'a'.repeat(10_000_000) }))
  expect(long.status).toBe(400)
  const deep = await send('POST', '/api/v1/projects', `{"name":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)
  expect(deep.status).toBe(400)
})

test.each([
  ['PATCH', '/api/v1/projects', 'GET, HEAD, POST'],
  ['DELETE', `/api/v1/projects/${project}/stacks/test-stack`, 'GET, HEAD, PUT'],
  ['POST', '/healthz', 'GET, HEAD'],
  ['OPTIONS', '/api/v1/whoami', 'GET, HEAD'],
])('%s %s is told which methods there are', async (method, path, allow) => {
  const response = await send(method, path)
  expect([response.status, response.headers.get('allow')]).toEqual([405, allow])
  expect(Problem.parse(await response.json())).toMatchObject({ code: 'method_not_allowed' })
  expect((await send(method, `${path}/no/such/path`)).status).toBe(404)
})

test.each([
  ['GET', '/api/v1/projects?limt=3', undefined, 'There is no parameter "limt". Did you mean "limit"?'],
  ['GET', '/api/v1/whoami?verbose=1', undefined, 'There is no parameter "verbose". There are none.'],
  ['PUT', `/api/v1/projects/${project}/blobs/${'a'.repeat(64)}?force=1`, 'x', 'There is no parameter "force".'],
  ['POST', '/api/v1/projects', '{"name":"p","descripton":""}', 'no field "descripton". Did you mean "description"?'],
])('%s %s names what it does not know, and the nearest it does', async (method, path, body, message) => {
  const response = await send(method, path, body)
  expect(Problem.parse(await response.json())).toMatchObject({
    status: 400,
    code: 'request_invalid',
    detail: expect.stringContaining(message),
  })
})

test('a request id is kept when it is harmless and replaced when it is not', async () => {
  expect(
    (await send('GET', '/api/v1/whoami', undefined, { 'x-request-id': 'trace-7' })).headers.get('x-request-id'),
  ).toBe('trace-7')
  expect(
    (await send('GET', '/api/v1/whoami', undefined, { 'x-request-id': 'a b<script>' })).headers.get('x-request-id'),
  ).toMatch(/^[0-9a-f-]{36}$/)
})

test('health and readiness answer without a key', async () => {
  expect(await (await both.dev.workspace.fetch('http://workspace/healthz')).json()).toEqual({ status: 'ok' })
  expect((await both.dev.workspace.fetch('http://workspace/readyz')).status).toBe(200)
})

test('the OpenAPI document has every route, every reference resolves, and every code is told', () => {
  const document = openapi() as {
    paths: Record<string, Record<string, { operationId: string; responses: Record<string, { description: string }> }>>
    components: { schemas: object }
  }
  const operations = Object.values(document.paths).flatMap((path) => Object.values(path))
  expect(operations.map(({ operationId }) => operationId).sort()).toEqual(Object.keys(api).sort())
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(
    ([, name]) => name!,
  )
  expect(references.filter((name) => !(name in document.components.schemas))).toEqual([])
  expect(references.length).toBeGreaterThan(50)
  for (const { operationId, responses } of operations)
    for (const code of [...commonErrors, ...api[operationId as keyof typeof api].errors])
      expect(responses[errors[code].status]?.description).toContain(`\`${code}\``)
})
