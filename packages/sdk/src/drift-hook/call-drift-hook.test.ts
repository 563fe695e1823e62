import { hash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DriftHookCall, LogLine } from '@airlock-ml/contract'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { callDriftHook } from './call-drift-hook.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'airlock-drift-hook-'))
})
afterEach(() => rm(dir, { recursive: true }))

const id = '01a20da1-0000-7000-8000-000000000001'
const notice: DriftHookCall['notice'] = {
  source: { kind: 'deployment', id, name: 'cancer-api', role: 'champion', windowId: id },
  ...{ model: 'risk', number: 3, digest: 'd'.repeat(64), rows: 500, at: '2026-05-01T12:00:00.000Z' },
  breaches: [{ level: 'breach', measure: 'psi', subject: 'feature', name: 'age', value: 0.4, limit: 0.2 }],
  breachCount: 1,
}

async function call(code: string, over: { timeoutMs?: number; signal?: AbortSignal } = {}) {
  await writeFile(join(dir, 'hook.ts'), code)
  const lines: string[] = []
  const onLine = ({ level, message }: Omit<LogLine, 'at'>) => lines.push(`${level} ${message}`)
  const signal = new AbortController().signal
  const about = { project: 'p', projectDir: dir, onLine, signal, ...over }
  return { end: await callDriftHook({ call: { id, hook: 'hook.ts', notice }, ...about }), lines }
}

test('a hook is told of the breach, logs, and is recorded with the digest of its file', async () => {
  const { end, lines } = await call(`
    import { writeFile } from 'node:fs/promises'
    import type { DriftHook } from '@airlock-ml/sdk'
    const hook: DriftHook = async ({ log, now, signal, ...told }) => {
      log.warn('drifts')
      console.log(now() instanceof Date, signal.aborted)
      await writeFile(new URL('told.json', import.meta.url), JSON.stringify(told))
    }
    export default hook`)
  expect(end).toEqual({
    outcome: 'done',
    error: null,
    hookDigest: hash('sha256', await readFile(join(dir, 'hook.ts'))),
  })
  expect(lines.sort()).toEqual(['info true false', 'warn drifts'])
  expect(JSON.parse(await readFile(join(dir, 'told.json'), 'utf8'))).toEqual({ ...notice, project: 'p', callId: id })
})

test.each([
  ['what it throws', 'export default () => { throw new RangeError("no chat") }', 'RangeError: no chat'],
  [
    'what it throws where nobody waits',
    'export default () => new Promise(() => setTimeout(() => { throw new Error("late") }))',
    'late',
  ],
  ['an end of its process', 'export default () => process.exit(0)', 'Its process ended with 0 before it returned.'],
  ['a module that does not load', 'export default 1 +', 'The hook'],
])('%s is its failure', async (_, code, error) => {
  expect((await call(code)).end).toMatchObject({ outcome: 'failed', error: expect.stringContaining(error) })
})

test('one that waits for ever, or never lets go of the processor, is ended when its time is up', async () => {
  const waits = await call('export default () => new Promise((r) => setInterval(r, 1e9))', { timeoutMs: 300 })
  expect(waits.end).toMatchObject({ outcome: 'timed-out', error: 'It did not end within 300 ms.' })
  const loops = await call('export default () => { for (;;); }', { timeoutMs: 300 })
  expect(loops.end.outcome).toBe('timed-out')
}, 15_000)

test('whoever calls it can end it, and a hook that is not there fails', async () => {
  const stop = new AbortController()
  setTimeout(() => stop.abort(new Error('The service stopped.')), 300)
  const { end } = await call('export default () => new Promise((r) => setInterval(r, 1e9))', { signal: stop.signal })
  expect(end).toMatchObject({ outcome: 'failed', error: 'The service stopped.' })
  const missing = { id, hook: 'none.ts', notice }
  const signal = new AbortController().signal
  const none = await callDriftHook({ call: missing, project: 'p', projectDir: dir, onLine: () => {}, signal })
  expect(none).toMatchObject({ outcome: 'failed', hookDigest: null })
})
