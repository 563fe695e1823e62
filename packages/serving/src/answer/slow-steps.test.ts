import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DeploymentTarget, Guards } from '@airlock-ml/contract'
import { json, pipeline, servedModel, step, table } from '@airlock-ml/sdk'
import { afterEach, expect, test } from 'vitest'
import { ask, loadRisk, planOf, silent, startRiskService } from '../../test/risk-service.ts'
import { openGuards } from '../live/open-guards.ts'
import type { Observer } from './answered-batch.ts'
import type { LoadedVersion } from './loaded-version.ts'
import type { Service } from './start-service.ts'

const TIMEOUT_MS = 300
const NEVER = 666

let service: Service
afterEach(() => service.drain(0))

/** Waits for ever where it is asked about a `b` of 666. */
const waiting = planOf(
  pipeline({
    name: 'waiting',
    serves: { model: 'risk', parameter: 'patient' },
    build: ({ requests, model }) =>
      step({
        name: 'waiting',
        inputs: { model: servedModel(), requests: table() },
        outputs: { answers: json<readonly object[]>() },
        run: async ({ inputs: { model, requests } }) => {
          const isEndless = (requests.column('b').values as Float32Array).includes(NEVER)
          if (isEndless) await new Promise(() => {})
          const { labels } = await model.predictTable(requests)
          return { answers: labels.map((label) => ({ label })) }
        },
      })({ inputs: { requests, model: model.model } }),
  }),
)
const start = async (options: { champion?: LoadedVersion; observers?: Observer[]; log?: typeof silent } = {}) => {
  const champion = options.champion ?? (await loadRisk(3, { plan: waiting }))
  service = await startRiskService({
    plan: waiting,
    ...options,
    champion,
    settings: { limits: { timeoutMs: TIMEOUT_MS } },
  })
}
const askAbout = (b: number, more: object = {}) => ask(service, { row: { a: 1, b }, ...more })

test('a step that waits in vain fails its requests after the time they have, is counted and told, and holds up no other', async () => {
  const failed: object[] = []
  const logged: object[] = []
  await start({
    observers: [{ observe: () => {}, failed: (failure) => failed.push(failure) }],
    log: { ...silent, error: (fields?: object) => void logged.push(fields ?? {}) },
  })
  const startedAt = performance.now()
  const late = askAbout(NEVER)
  for (let times = 0; times < 3; times++) expect(await askAbout(1)).toMatchObject({ status: 200 })
  expect(service.router.waitingRows()).toBe(1)
  const { status, headers, body } = await late
  expect([status, body.code]).toEqual([504, 'answer_too_slow'])
  expect(headers.get('x-request-id')).toBe(body.requestId)
  const ms = performance.now() - startedAt
  expect(ms).toBeGreaterThanOrEqual(TIMEOUT_MS - 5)
  expect(ms).toBeLessThan(TIMEOUT_MS * 5)
  expect(failed).toMatchObject([{ role: 'champion', version: { number: 3 }, rows: 1 }])
  expect(logged).toMatchObject([{ error: { code: 'answer_too_slow' }, role: 'champion', number: 3, rows: 1 }])
  expect(service.counters.counts).toMatchObject({ requests: 4, predictions: 3, failed: 1 })
  expect(await service.counters.text()).toContain('airlock_requests_total{status="504",deployment="risk-api"} 1')
  expect(service.router.waitingRows()).toBe(0)
})

test('a version that hangs is swapped out, and a service whose step hangs drains, without waiting for what never comes', async () => {
  const [three, four] = [await loadRisk(3, { plan: waiting }), await loadRisk(4, { plan: waiting })]
  await start({ champion: three })
  const late = askAbout(NEVER)
  await expect.poll(() => service.router.waitingRows()).toBe(1)
  const left = await service.change({ champion: four, canary: null, whyNobody: null })
  expect(left).toBeInstanceOf(Date)
  expect(await late).toMatchObject({ status: 504 })
  await expect(three.answer(new Float32Array(2), 1)).rejects.toThrow('closed')
  expect(await askAbout(1)).toMatchObject({ status: 200, body: { model: { version: 4 } } })
  const later = askAbout(NEVER)
  await expect.poll(() => service.router.waitingRows()).toBe(1)
  const startedAt = performance.now()
  await service.drain(10_000)
  expect(performance.now() - startedAt).toBeLessThan(5_000)
  expect(await later).toMatchObject({ status: 504 })
})

test('a canary that hangs is taken out by its guard', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'airlock-slow-'))
  const retreats: unknown[] = []
  const contact = async () => void retreats.push('told') as never
  const guards = openGuards({ dir, project: 'p', deployment: 'risk-api', contact, log: silent })
  try {
    const [three, four] = [await loadRisk(3, { plan: waiting }), await loadRisk(4, { plan: waiting })]
    await start({ champion: three, observers: [guards] })
    await service.change({ champion: three, canary: { loaded: four, share: 0.5 }, whyNobody: null })
    const challenger = {
      ...{ version: four.version, mode: 'canary' as const, share: 0.5, comparison: null },
      ...{ guards: Guards.parse({}), since: new Date().toISOString() },
    }
    guards.follow({ challenger } as DeploymentTarget)
    const said = await Promise.all(Array.from({ length: 40 }, (_, at) => askAbout(NEVER, { key: `key ${at}` })))
    expect(new Set(said.map(({ status }) => status))).toEqual(new Set([504]))
    await guards.look()
    expect(guards.isHeldBack(challenger)).toBe(true)
  } finally {
    await guards.close()
    await rm(dir, { recursive: true })
  }
})

test('a version whose first answer never comes is not loaded', async () => {
  await start()
  const endless = planOf(
    pipeline({
      name: 'endless',
      serves: { model: 'risk', parameter: 'patient' },
      build: ({ requests, model }) =>
        step({
          name: 'endless',
          inputs: { model: servedModel(), requests: table() },
          outputs: { answers: json<readonly object[]>() },
          run: () => new Promise<{ answers: object[] }>(() => {}),
        })({ inputs: { requests, model: model.model } }),
    }),
  )
  await expect(loadRisk(5, { plan: endless, firstAnswerMs: 50 })).rejects.toMatchObject({ code: 'answer_too_slow' })
})
