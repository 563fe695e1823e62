import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PlatformError } from '@airlock-ml/contract'
import { afterEach, expect, test } from 'vitest'
import { allItems, type ClientOptions, createClient } from './index.ts'

type Seen = { method: string; url: string; headers: IncomingMessage['headers']; body: string }
type Answer = { status?: number; headers?: Record<string, string>; json?: unknown; bytes?: Uint8Array } | 'hang up'

const sha256 = 'a'.repeat(64)
const runId = '0190a000-0000-7000-8000-000000000001'
let stop: (() => void) | undefined

afterEach(() => stop?.())

/** A real server that gives these answers in turn, the last one for ever. */
async function serve(...answers: Answer[]): Promise<{ baseUrl: string; seen: Seen[] }> {
  const seen: Seen[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const { method = '', url = '', headers } = request
    seen.push({ method, url, headers, body: Buffer.concat(chunks).toString() })
    give(response, answers[Math.min(seen.length, answers.length) - 1]!)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  stop = () => {
    server.closeAllConnections()
    server.close()
  }
  return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}

function give(response: ServerResponse, answer: Answer): void {
  if (answer === 'hang up') {
    response.destroy()
    return
  }
  response.writeHead(answer.status ?? 200, { 'content-type': 'application/json', ...answer.headers })
  response.end(answer.bytes ?? JSON.stringify(answer.json ?? {}))
}

const problem = (code: ConstructorParameters<typeof PlatformError>[0], details = {}): Answer => {
  const body = new PlatformError(code, `Because of ${code}.`, details).toProblem('req-1')
  return { status: body.status, json: body }
}

/** A client that waits for nothing and remembers how long it would have waited. */
function impatient(baseUrl: string, options: Partial<ClientOptions> = {}) {
  const waits: number[] = []
  const wait = async (delayMs: number) => {
    waits.push(delayMs)
  }
  return { waits, client: createClient({ baseUrl, wait, ...options }) }
}

const failure = async (work: Promise<unknown>) => (await work.then(String, (error) => error)) as PlatformError

test('a call is one request: encoded path, query, key', async () => {
  const { baseUrl, seen } = await serve({ json: { items: [], nextCursor: null } })
  const client = createClient({ baseUrl: `${baseUrl}/`, apiKey: 'alk_1_secret' })
  await client.listRuns({ project: 'a/b c?', limit: 5, pipeline: 'x&y', status: undefined })
  expect(seen).toHaveLength(1)
  expect(seen[0]).toMatchObject({ method: 'GET', url: '/api/v1/projects/a%2Fb%20c%3F/runs?limit=5&pipeline=x%26y' })
  expect(seen[0]?.headers.authorization).toBe('Bearer alk_1_secret')
  expect(seen[0]?.headers['idempotency-key']).toBeUndefined()
})

test.each(['', '.', '..', undefined, null, 'half\ud800'])(
  'a path parameter of %j is refused before it is sent',
  async (project) => {
    const { baseUrl, seen } = await serve({})
    const error = await failure(createClient({ baseUrl }).showProject({ project: project as string }))
    expect(error.code).toBe('request_invalid')
    expect(error.details).toEqual({ field: 'project' })
    expect(seen).toEqual([])
  },
)

test('a body is sent as JSON and the answer read as JSON', async () => {
  const { baseUrl, seen } = await serve({ json: { expiresAt: '2026-01-01T00:00:00.000Z' } })
  const client = createClient({ baseUrl })
  const answer = await client.heartbeatRun({ project: 'p', runId, body: { leaseToken: 't' } })
  expect(answer).toEqual({ expiresAt: '2026-01-01T00:00:00.000Z' })
  expect(seen[0]?.headers['content-type']).toBe('application/json')
  expect(JSON.parse(seen[0]?.body ?? '')).toEqual({ leaseToken: 't' })
})

test('bytes go out from an array and from a stream, and come back as a stream', async () => {
  const { baseUrl, seen } = await serve(
    { json: { digest: sha256, sizeBytes: 3 } },
    { json: { digest: sha256, sizeBytes: 3 } },
    { bytes: Uint8Array.of(1, 2, 3) },
    { bytes: Uint8Array.of() },
  )
  const client = createClient({ baseUrl })
  const bytes = new TextEncoder().encode('abc')
  await client.putBlob({ project: 'p', sha256, body: bytes })
  await client.putBlob({ project: 'p', sha256, body: new Blob([bytes]).stream() })
  expect(seen.map(({ body }) => body)).toEqual(['abc', 'abc'])
  expect(await new Response(await client.getBlob({ project: 'p', sha256 })).bytes()).toEqual(Uint8Array.of(1, 2, 3))
  expect(await new Response(await client.getBlob({ project: 'p', sha256 })).bytes()).toEqual(Uint8Array.of())
})

test('a refusal is the PlatformError of the server, with its request id', async () => {
  const { baseUrl } = await serve(problem('stage_empty', { stage: 'staging' }))
  const error = await failure(createClient({ baseUrl }).showProject({ project: 'p' }))
  expect(error).toBeInstanceOf(PlatformError)
  expect(error).toMatchObject({ code: 'stage_empty', message: 'Because of stage_empty.' })
  expect(error.details).toEqual({ stage: 'staging', requestId: 'req-1' })
})

test('what no Airlock server answers is said to be so', async () => {
  const { baseUrl } = await serve({ status: 404, json: { oops: true } }, { bytes: new TextEncoder().encode('<html>') })
  const client = createClient({ baseUrl })
  expect(await failure(client.showWorkspace())).toMatchObject({
    code: 'internal',
    message: expect.stringContaining('answered 404 with no problem details'),
  })
  expect((await failure(client.showWorkspace())).message).toContain('answered 200 with something that is not JSON')
})

test('an answer is checked against the contract when asked to', async () => {
  const { baseUrl } = await serve({ json: { name: 'UPPER' } })
  expect(await createClient({ baseUrl }).showWorkspace()).toEqual({ name: 'UPPER' })
  const error = await failure(createClient({ baseUrl, validate: true }).showWorkspace())
  expect(error).toMatchObject({ code: 'internal', message: expect.stringContaining('does not fit the contract') })
})

test('a workspace that is not there is workspace_unreachable, after three more attempts', async () => {
  const { baseUrl } = await serve({})
  stop?.()
  const { client, waits } = impatient(baseUrl)
  const error = await failure(client.showWorkspace())
  expect(error.code).toBe('workspace_unreachable')
  expect(error.message).toContain(`${baseUrl} does not answer: connect ECONNREFUSED`)
  expect(waits).toEqual([100, 400, 1_600])
})

test('a creating call is sent again with the same Idempotency-Key, and its caller is told', async () => {
  const { baseUrl, seen } = await serve('hang up', problem('database_busy'), { json: { id: 'x' } })
  const notices: unknown[] = []
  const { client } = impatient(baseUrl, {
    onRetry: ({ route, attempt, error }) => notices.push([route, attempt, error.code]),
  })
  expect(await client.startRun({ project: 'p', body: { snapshotId: runId } })).toEqual({ id: 'x' })
  expect(new Set(seen.map(({ headers }) => headers['idempotency-key'])).size).toBe(1)
  expect(seen[0]?.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/)
  expect(notices).toEqual([
    ['startRun', 1, 'workspace_unreachable'],
    ['startRun', 2, 'database_busy'],
  ])
})

test('Retry-After is waited for', async () => {
  const busy = { ...(problem('server_draining') as object), headers: { 'retry-after': '7' } }
  const { baseUrl } = await serve(busy, { json: {} })
  const { client, waits } = impatient(baseUrl)
  await client.showWorkspace()
  expect(waits).toEqual([7_000])
})

test('a call that could do harm twice is sent once when the connection breaks', async () => {
  const { baseUrl, seen } = await serve('hang up')
  const { client } = impatient(baseUrl)
  const error = await failure(client.heartbeatRun({ project: 'p', runId, body: { leaseToken: 't' } }))
  expect(error.code).toBe('workspace_unreachable')
  expect(seen).toHaveLength(1)
})

test('the same call is sent again when the server says that nothing was changed', async () => {
  const { baseUrl, seen } = await serve(problem('database_busy'), { json: {} })
  const { client } = impatient(baseUrl)
  await client.heartbeatRun({ project: 'p', runId, body: { leaseToken: 't' } })
  expect(seen).toHaveLength(2)
})

test('bytes are sent again from an array, never from a stream, which is spent', async () => {
  const { baseUrl, seen } = await serve(problem('database_busy'), { json: {} }, problem('database_busy'))
  const { client } = impatient(baseUrl)
  const bytes = new TextEncoder().encode('abc')
  await client.putBlob({ project: 'p', sha256, body: bytes })
  const error = await failure(client.putBlob({ project: 'p', sha256, body: new Blob([bytes]).stream() }))
  expect(error.code).toBe('database_busy')
  expect(seen.map(({ body }) => body)).toEqual(['abc', 'abc', 'abc'])
})

test('a signal stops a call, also while it waits to be sent again', async () => {
  const { baseUrl } = await serve(problem('database_busy'))
  const controller = new AbortController()
  const client = createClient({ baseUrl, onRetry: () => setTimeout(() => controller.abort(new Error('enough')), 10) })
  await expect(client.showWorkspace(undefined, { signal: controller.signal })).rejects.toThrow('enough')
})

test('an API key that no header can hold is refused without being shown', () => {
  const apiKey = 'alk_1_secret\n'
  expect(() => createClient({ baseUrl: 'http://x', apiKey })).toThrow(
    expect.objectContaining({ code: 'unauthenticated', message: expect.not.stringContaining('secret') }),
  )
})

test('allItems walks the pages', async () => {
  const page = (names: string[], nextCursor: string | null) => ({ json: { items: names, nextCursor } })
  const { baseUrl, seen } = await serve(page(['a', 'b'], 'c1'), page([], 'c2'), page(['c'], null))
  const items: unknown[] = []
  for await (const item of allItems(createClient({ baseUrl }).listModels, { project: 'p', limit: 2 })) items.push(item)
  expect(items).toEqual(['a', 'b', 'c'])
  expect(seen.map(({ url }) => url.split('?')[1])).toEqual(['limit=2', 'cursor=c1&limit=2', 'cursor=c2&limit=2'])
})
