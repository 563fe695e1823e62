import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { createClient } from '@airlock-ml/client'
import { type DriftHookCall, type DriftHookEnd, PlatformError } from '@airlock-ml/contract'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type DriftHooks, runDriftHooks } from './run-drift-hooks.ts'

const id = (n: number) => `01a20da1-0000-7000-8000-${String(n).padStart(12, '0')}`
const callOf = (n: number, hook: string): DriftHookCall => ({
  ...{ id: id(n), hook, snapshotId: id(9), state: 'running', hookDigest: null, error: null },
  ...{ createdAt: '2026-05-01T12:00:00.000Z', startedAt: null, endedAt: null },
  notice: {
    source: { kind: 'deployment', id: id(8), name: 'risk-api', role: 'champion', windowId: id(7) },
    ...{ model: 'risk', number: 3, digest: 'd'.repeat(64), rows: 500, at: '2026-05-01T12:00:00.000Z' },
    ...{ breaches: [], breachCount: 1 },
  },
})

let dir: string
let server: Server
/** What waits at the workspace, and what it was told. */
let waiting: DriftHookCall[]
let told: (DriftHookEnd & { callId: string })[]
let isAway: boolean
let running: DriftHooks | undefined
const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() }

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'airlock-drift-hooks-'))
  ;[waiting, told, isAway] = [[], [], false]
  for (const each of Object.values(log)) each.mockClear()
  server = createServer(async (request: IncomingMessage, response) => {
    const answer = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json', connection: 'close' }).end(JSON.stringify(body))
    if (isAway) return answer(503, new PlatformError('store_unreachable', 'no').toProblem(null))
    if (request.url?.endsWith('/claim')) return answer(200, { call: waiting.shift() ?? null })
    const callId = request.url!.split('/').at(-1)!
    told.push({ callId, ...((await json(request)) as DriftHookEnd) })
    answer(200, callOf(0, 'x'))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
})
afterEach(async () => {
  await running?.close()
  server.close()
  await rm(dir, { recursive: true })
})

async function start(hooks: Record<string, string>, timeoutMs = 10_000): Promise<DriftHooks> {
  for (const [name, code] of Object.entries(hooks)) await writeFile(join(dir, name), code)
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const client = createClient({ baseUrl, apiKey: 'k', wait: async () => {} })
  running = runDriftHooks({
    ...{ project: 'p', deployment: 'risk-api', contact: (talk) => talk(client), log, codeDir: dir, timeoutMs },
    ...{ hooks: Object.keys(hooks), lookEveryMs: 100 },
  })
  return running
}
const ends = (count: number) => vi.waitFor(() => expect(told).toHaveLength(count), 8_000)

test('what waits is called in its order, each on its own, and the workspace hears how each ended', async () => {
  waiting = [callOf(1, 'bad.ts'), callOf(2, 'good.ts'), callOf(3, 'gone.ts')]
  await start({
    'bad.ts': 'export default () => { throw new Error("no chat") }',
    'good.ts': `import { writeFile } from 'node:fs/promises'
      export default ({ model, log }) => { log.warn('drifts'); return writeFile(new URL('said', import.meta.url), model) }`,
  })
  await ends(3)
  expect(told.map(({ callId, outcome, error }) => [callId, outcome, error])).toEqual([
    [id(1), 'failed', 'no chat'],
    [id(2), 'done', null],
    [id(3), 'failed', 'The code that answers has no such drift hook.'],
  ])
  expect(await readFile(join(dir, 'said'), 'utf8')).toBe('risk')
  expect(log.warn).toHaveBeenCalledWith({ hook: 'good.ts' }, 'drifts')
})

test('while one runs the event loop turns; a workspace that is away is asked again, and a window that was judged is looked at once', async () => {
  isAway = true
  const hooks = await start({
    'slow.ts': 'export default () => { const until = Date.now() + 400; while (Date.now() < until); }',
  })
  await vi.waitFor(() => expect(log.warn).toHaveBeenCalled(), 8_000)
  waiting = [callOf(1, 'slow.ts')]
  isAway = false
  hooks.look()
  let turns = 0
  const timer = setInterval(() => turns++, 10)
  await ends(1)
  clearInterval(timer)
  expect(told[0]).toMatchObject({ outcome: 'done' })
  expect(turns).toBeGreaterThan(20)
})

test('a service that stops ends what runs and says so, and one whose time is up is timed out', async () => {
  waiting = [callOf(1, 'ever.ts')]
  await start({ 'ever.ts': 'export default () => new Promise((r) => setInterval(r, 1e9))' }, 300)
  await ends(1)
  expect(told[0]).toMatchObject({ outcome: 'timed-out' })
  await running?.close()
  waiting = [callOf(2, 'ever.ts')]
  await start({}, 10_000)
  const again = await start({ 'ever.ts': 'export default () => new Promise((r) => setInterval(r, 1e9))' })
  await vi.waitFor(() => expect(waiting).toHaveLength(0), 8_000)
  await again.close()
  expect(told[1]).toMatchObject({ callId: id(2), outcome: 'failed', error: 'The service stopped.' })
})
