import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { request } from 'node:http'
import { dirname } from 'node:path'
import { API_PREFIX, api, Problem, type Route } from '@airlock-ml/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { sharedWorkspaces } from '../../test/shared-workspaces.ts'
import { project } from '../../test/two-workspaces.ts'
import { type ServedWorkspace, serveWorkspace } from '../index.ts'
import { silentLog } from '../log.ts'

const both = sharedWorkspaces()
let served: ServedWorkspace
let key: string

beforeAll(async () => {
  key = await both.dev.keyOf('root')
  await both.dev.workspace.close()
  served = await serveWorkspace({
    dir: both.dev.dir,
    exchange: both.exchange,
    host: '127.0.0.1',
    port: 0,
    log: silentLog,
  })
})
afterAll(() => served.close())

const hostile = [
  "'; DROP TABLE audit_event; --",
  '" OR 1=1 --',
  '../../../../etc/passwd',
  '..\\..\\x',
  'a\r\nX-Injected: yes',
  'a\0b',
  '\u202egnp.exe',
  '\ud800',
  '{{7*7}}<script>alert(1)</script>',
  '$(touch /tmp/airlock-injected)',
  '__proto__',
  'x'.repeat(100_000),
]

/** Sends what the client never would, and reads all of the answer. */
const send = (
  method: string,
  path: string,
  { body, headers = {} }: { body?: string; headers?: Record<string, string> },
) =>
  new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; text: string }>((resolve, reject) => {
    const all = { authorization: `Bearer ${key}`, ...headers }
    const sent = request(`${served.url}${path}`, { method, headers: all, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString(),
        }),
      )
    })
    sent.on('error', reject)
    sent.end(body)
  })

/** Harmless values where a route needs them, so that the hostile one is not refused for the sake of another. */
const usual: Record<string, string> = { project, stage: 'staging', number: '1', version: '1' }

/** A value that a JSON schema takes, with the string in the place of every text. */
function filled(schema: z.core.JSONSchema._JSONSchema, text: string): unknown {
  if (typeof schema === 'boolean') return text
  const choice = schema.anyOf?.[0] ?? schema.oneOf?.[0]
  if (choice) return filled(choice, text)
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return schema.enum[0]
  if (schema.type === 'object')
    return Object.fromEntries([
      ...Object.entries(schema.properties ?? {}).map(([name, each]) => [name, filled(each, text)]),
      ...(schema.additionalProperties ? [[text, filled(schema.additionalProperties, text)]] : []),
    ])
  if (schema.type === 'array') return [filled((schema.items ?? true) as z.core.JSONSchema._JSONSchema, text)]
  if (schema.type === 'integer' || schema.type === 'number') return 1
  return schema.type === 'boolean' ? true : text
}

const bodyOf = (route: Route, text: string) =>
  route.body && JSON.stringify(filled(z.toJSONSchema(route.body, { io: 'input', unrepresentable: 'any' }), text))

/** Every answer is a success or a refusal of ours, in one piece. */
async function expectHarmless(answer: Awaited<ReturnType<typeof send>>, what: string) {
  expect(answer.status, `${what}: ${answer.text.slice(0, 300)}`).toBeLessThan(500)
  expect(answer.headers['x-injected'], what).toBeUndefined()
  if (answer.status >= 400) expect(Problem.safeParse(JSON.parse(answer.text)).success, what).toBe(true)
}

/** What lies beside the workspaces, and where else an injected path or command would have left something. */
const around = async () => [
  await readdir(both.dir),
  (await readdir(dirname(both.dir))).filter((name) => !name.startsWith('airlock-server-')),
  (await readdir('/tmp')).filter((name) => name.includes('injected')),
]

test.each(Object.entries(api) as [string, Route][])(
  '%s takes hostile strings in path, query and body as data or not at all',
  { timeout: 30_000 },
  async (operation, route) => {
    const before = await around()
    for (const text of hostile) {
      const named = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!)
      const pathWith = (evil: string | undefined) =>
        API_PREFIX +
        route.path.replace(/\{(\w+)\}/g, (_, name: string) =>
          encodeURIComponent((name === evil ? text : (usual[name] ?? 'some')).toWellFormed().slice(0, 4_000)),
        )
      const query = Object.keys(route.query?.shape ?? {})
      const body = bodyOf(route, text)
      const requests = [
        ...named.map((name) => ({ path: pathWith(name), body })),
        ...query.map((name) => ({
          path: `${pathWith(undefined)}?${new URLSearchParams({ [name]: text.slice(0, 4_000) })}`,
          body,
        })),
        { path: pathWith(undefined), body },
      ]
      for (const { path, body } of requests)
        await expectHarmless(
          await send(route.method, path, body === undefined ? {} : { body }),
          `${operation} ${path.slice(0, 200)}`,
        )
    }
    expect(await around()).toEqual(before)
  },
)

test('hostile headers change nothing, and none comes back', async () => {
  for (const text of hostile.filter((each) => /^[\x20-\x7e]{1,4000}$/.test(each)))
    for (const name of ['x-request-id', 'idempotency-key', 'authorization', 'accept', 'content-type']) {
      const answer = await send('GET', `${API_PREFIX}/whoami`, { headers: { [name]: text } })
      await expectHarmless(answer, `${name}: ${text}`)
      if (!/^\w+$/.test(text)) expect(Object.values(answer.headers)).not.toContain(text)
    }
})

test('a path, a header and a body of 10 MB are refused, and the server goes on', async () => {
  const long = 'a'.repeat(10_000_000)
  const cut = (sending: Promise<{ status: number }>) =>
    sending.then(
      ({ status }) => status,
      () => 431,
    )
  expect(await cut(send('GET', `${API_PREFIX}/projects/${long}`, {}))).toBeGreaterThanOrEqual(400)
  expect(await cut(send('GET', `${API_PREFIX}/whoami`, { headers: { 'x-request-id': long } }))).toBe(431)
  expect((await send('POST', `${API_PREFIX}/projects`, { body: JSON.stringify({ name: long }) })).status).toBe(400)
  expect((await send('GET', `${API_PREFIX}/whoami`, {})).status).toBe(200)
})

test('JSON of 100,000 levels is refused wherever a body is taken', async () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
  for (const route of Object.values(api) as Route[]) {
    if (!route.body) continue
    const path = API_PREFIX + route.path.replace(/\{(\w+)\}/g, (_, name: string) => usual[name] ?? 'some')
    const body = `{${Object.keys(route.body instanceof z.ZodObject ? route.body.shape : { spec: 0 }).map((name) => `"${name}":${deep}`)}}`
    const answer = await send(route.method, path, { body })
    await expectHarmless(answer, path)
    expect(answer.status, path).toBeGreaterThanOrEqual(400)
  }
})

test('a report with a script is only ever a download that runs nothing', async () => {
  const report = '<!doctype html><script>fetch("/api/v1/projects")</script>'
  const sha256 = createHash('sha256').update(report).digest('hex')
  const path = `${API_PREFIX}/projects/${project}/blobs/${sha256}`
  expect((await send('PUT', path, { body: report, headers: { 'content-type': 'text/html' } })).status).toBe(200)
  expect(await send('GET', path, { headers: { accept: 'text/html' } })).toMatchObject({
    status: 200,
    text: report,
    headers: {
      'content-type': 'application/octet-stream',
      'content-disposition': 'attachment',
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
    },
  })
})
