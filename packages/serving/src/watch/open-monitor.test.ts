import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { createClient } from '@airlock-ml/client'
import {
  DeploymentSettings,
  type DeploymentTarget,
  PlatformError,
  type ServedVersion,
  WindowReport,
} from '@airlock-ml/contract'
import { float32Column, referenceProfile, Table } from '@airlock-ml/tabular'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { answered, version as plain } from '../../test/answered.ts'
import type { AnsweredBatch } from '../answer/answered-batch.ts'
import { openCounters } from '../answer/counters.ts'
import { type Monitor, type MonitorOptions, openMonitor } from './open-monitor.ts'
import type { WatchMessage, WatchTeam } from './watch-team.ts'

const even = (rows: number, from = 0) => Float32Array.from({ length: rows }, (_, i) => ((i + from) * 0.618034) % 1)
const version: ServedVersion = {
  ...plain,
  artifacts: {
    profile: { id: plain.id, name: 'profile', version: 1, type: 'json', digest: 'e'.repeat(64), sizeBytes: 1 },
  },
}
const said = answered(500)
const profile = referenceProfile(
  new Table([float32Column('a', even(500)), float32Column('b', even(500, 250))]),
  { labels: [...said.labels], probabilities: said.probabilities },
  { features: said.featureNames, classLabels: said.classLabels },
)
type Over = Partial<AnsweredBatch> & { from?: number; moved?: number }
const batch = (rows: number, { from = 0, moved = 0, ...over }: Over = {}) => {
  const features = Float32Array.from({ length: rows * 2 }, (_, i) => even(1, from + (i >> 1))[0]! + (i % 2 ? 0 : moved))
  return answered(rows, { version, features, ...over })
}

/** A workspace that takes windows, is away, or refuses them. */
let server: Server
let status: number
let told: WindowReport[]
let monitor: Monitor
let options: MonitorOptions
let nowMs: number
const log = { info: () => {}, warn: vi.fn(), error: vi.fn() }

beforeEach(async () => {
  told = []
  status = 200
  nowMs = Date.UTC(2026, 4, 1, 12)
  log.warn.mockClear()
  log.error.mockClear()
  server = createServer(async (request, response) => {
    const body = WindowReport.parse(JSON.parse((await buffer(request)).toString()))
    if (status === 200) told.push(body)
    const code = status === 503 ? 'store_unreachable' : 'model_version_not_found'
    const problem = new PlatformError(code, 'no').toProblem(null)
    response.writeHead(status, { 'content-type': 'application/json', connection: 'close' }).end(JSON.stringify(problem))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const client = createClient({ baseUrl, apiKey: 'k', wait: async () => {} })
  options = {
    ...{ project: 'cancer-detection', deployment: 'cancer-api', process: 0, log, now: () => new Date(nowMs) },
    ...{ contact: (talk) => talk(client), firstRetryMs: 20 },
  }
  monitor = openMonitor(options)
})
afterEach(async () => {
  await monitor.close()
  server.close()
})

/** Of the event loop: windows are compared between two. */
const nextTurn = () => new Promise((resolve) => setImmediate(resolve))
const bytes = (value: unknown) => async () => Buffer.from(JSON.stringify(value))
const follow = (
  monitoring: Partial<DeploymentSettings['monitoring']> = {},
  champion = version,
  made: unknown = profile,
  who = monitor,
) =>
  who.follow(
    {
      settings: DeploymentSettings.parse({ monitoring: { windowRows: 1_000, ...monitoring } }),
      champion,
      challenger: null,
    },
    bytes(made),
  )

test('a window is closed when it has its rows, and the workspace hears how it differs from training', async () => {
  await follow()
  for (let i = 0; i < 50; i++) {
    await monitor.observe(batch(50, { from: i * 50, moved: i < 20 ? 0 : 0.5 }))
    await nextTurn()
  }
  await vi.waitFor(() => expect(told).toHaveLength(2))
  expect(told[0]).toMatchObject({
    number: 3,
    digest: version.digest,
    role: 'champion',
    processes: 1,
    summary: { rows: 1_000 },
  })
  expect(monitor.recent().map(({ verdict }) => verdict.level)).toEqual(['ok', 'breach'])
  expect(told[1]!.summary.features[0]).toMatchObject({ name: 'a', outOfRange: expect.closeTo(0.5, 1) })
  await monitor.close()
  expect(told[2]!.summary.rows).toBe(500)
})

test('a window is closed when it is old, once it has the least rows', async () => {
  await follow({ windowSeconds: 60 })
  await monitor.observe(batch(199))
  nowMs += 61_000
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(told).toEqual([])
  await monitor.observe(batch(1, { from: 199 }))
  await vi.waitFor(() => expect(told).toMatchObject([{ summary: { rows: 200 } }]), { timeout: 3_000 })
  expect(Date.parse(told[0]!.endedAt) - Date.parse(told[0]!.startedAt)).toBe(61_000)
})

test('each version and role has windows of its own; one that stops answering closes its last', async () => {
  await follow()
  await monitor.observe(batch(300))
  await monitor.observe(batch(200, { role: 'shadow' }))
  await follow({}, { ...version, id: '01a20da1-0000-7000-8000-000000000002', number: 4 })
  await vi.waitFor(() => expect(told).toHaveLength(2))
  expect(told.map(({ role, summary }) => [role, summary.rows])).toEqual([
    ['champion', 300],
    ['shadow', 200],
  ])
})

/** Monitors of several processes that hear one another, as through their supervisor; the first is the one of all tests. */
async function teamOf(size: number) {
  await monitor.close()
  const takes: ((message: WatchMessage) => void)[] = []
  const counters = Array.from({ length: size }, () => openCounters('cancer-api'))
  const open = (process: number) => {
    const team: WatchTeam = {
      size,
      // As JSON, as between processes.
      send: (message) => {
        const text = JSON.stringify(message)
        for (const [other, take] of takes.entries())
          if (process === 0 ? other !== 0 : other === 0) setImmediate(() => take?.(JSON.parse(text)))
      },
      onMessage: (take) => {
        takes[process] = take
      },
    }
    const opened = openMonitor({ ...options, process, team, askEveryMs: 20 })
    return opened
  }
  const monitors = Array.from({ length: size }, (_, process) => open(process))
  for (const [at, each] of monitors.entries()) each.expose({ counters: counters[at]! })
  monitor = monitors[0]!
  const close = async () => void (await Promise.all(monitors.map((each) => each.close())))
  return { monitors, counters, close, restart: (process: number) => (monitors[process] = open(process)) }
}

test('of several processes one window holds the rows of all, and each shows it', async () => {
  const { monitors, counters, close } = await teamOf(3)
  for (const each of monitors) await follow({}, version, profile, each)
  // Each by itself sees too few rows, and only one sees them moved.
  for (const [at, each] of monitors.entries())
    await each.observe(batch(400, { from: at * 400, moved: at === 2 ? 3 : 0 }))
  await vi.waitFor(() => expect(told).toHaveLength(1))
  expect(told[0]).toMatchObject({ processes: 3, summary: { rows: 1_200 } })
  expect(told[0]!.summary.features[0]!.outOfRange).toBeCloseTo(1 / 3, 2)
  await vi.waitFor(async () => {
    for (const each of counters)
      expect(await each.text()).toMatch(
        /airlock_drift_breaches\{version="3",role="champion",deployment="cancer-api"\} [1-9]/,
      )
  })
  for (const each of monitors) await each.observe(batch(100))
  await close()
  expect(told.map(({ summary }) => summary.rows)).toEqual([1_200, 300])
})

test('what was counted while the first process was away is told to the one that takes its place', async () => {
  const { monitors, close, restart } = await teamOf(2)
  for (const each of monitors) await follow({}, version, profile, each)
  await monitors[0]!.observe(batch(700))
  await monitors[0]!.close()
  expect(told).toMatchObject([{ processes: 1, summary: { rows: 700 } }])
  await monitors[1]!.observe(batch(900))
  await follow({}, version, profile, restart(0))
  await monitors[0]!.observe(batch(300))
  await vi.waitFor(() => expect(told[1]).toMatchObject({ processes: 2, summary: { rows: 1_200 } }))
  await close()
})

test('rows of a version that left are in its last window, whichever process hears of it first', async () => {
  const { monitors, close } = await teamOf(2)
  for (const each of monitors) await follow({}, version, profile, each)
  const next = { ...version, id: '01a20da1-0000-7000-8000-000000000002', number: 4 }
  await follow({}, next)
  await monitors[1]!.observe(batch(250))
  await monitors[1]!.observe(batch(50, { version: next }))
  await follow({}, next, profile, monitors[1])
  await vi.waitFor(() => expect(told).toMatchObject([{ number: 3, summary: { rows: 250 } }]))
  await close()
})

test('what drifts beside the champion is told where his rows do not', async () => {
  await follow()
  const canary = { ...version, id: '01a20da1-0000-7000-8000-000000000002', number: 4 }
  const target = { settings: DeploymentSettings.parse({ monitoring: { windowRows: 1_000 } }), champion: version }
  const challenger = { version: canary } as DeploymentTarget['challenger']
  await monitor.follow({ ...target, challenger }, bytes(profile))
  await monitor.observe(batch(1_000, { version: canary, role: 'canary', moved: 0.5 }))
  await nextTurn()
  expect(monitor.driftBeside(canary.id)).toEqual([])
  await monitor.observe(batch(1_000))
  await nextTurn()
  expect(monitor.driftBeside(canary.id)).toContain('psi of a')
  await monitor.observe(batch(1_000, { moved: 0.5 }))
  await nextTurn()
  expect(monitor.driftBeside(canary.id)).toEqual([])
})

test('windows wait for a workspace that is away, and one that it refuses stands in the way of none', async () => {
  await follow()
  status = 503
  await monitor.observe(batch(1_000))
  await vi.waitFor(() => expect(log.warn).toHaveBeenCalled())
  expect(told).toEqual([])
  status = 404
  await vi.waitFor(() => expect(log.error).toHaveBeenCalled())
  status = 200
  await monitor.observe(batch(1_000, { moved: 0.5 }))
  await vi.waitFor(() => expect(told).toHaveLength(1))
  expect(told[0]!.summary.features[0]!.outOfRange).toBeGreaterThan(0.4)
})

test('a version without a sound profile is answered and not watched, and says so', async () => {
  const counters = openCounters('cancer-api')
  monitor.expose({ counters })
  await follow({}, version, { ...profile, features: [{ ...profile.features[0], counts: [1] }] })
  expect(log.warn).toHaveBeenCalledWith(expect.anything(), expect.stringContaining('not watched'))
  await monitor.observe(batch(30))
  expect(await counters.text()).toContain('airlock_drift_unwatched_rows_total{deployment="cancer-api"} 30')
})

test('Prometheus sees the latest window of each version, measure by measure', async () => {
  const counters = openCounters('cancer-api')
  monitor.expose({ counters })
  await follow()
  await monitor.observe(batch(1_000, { moved: 0.5 }))
  await vi.waitFor(() => expect(monitor.recent()).toHaveLength(1))
  const text = await counters.text()
  const psi =
    /airlock_drift_psi\{version="3",role="champion",subject="feature",name="a",deployment="cancer-api"\} (\S+)/.exec(
      text,
    )
  expect(Number(psi?.[1])).toBeGreaterThan(0.2)
  expect(text).toMatch(/airlock_drift_breaches\{version="3",role="champion",deployment="cancer-api"\} [1-9]/)
  expect(text).toContain('airlock_drift_windows_total{deployment="cancer-api"} 1')
})
