import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DeploymentSettings } from '@airlock-ml/contract'
import { loadPipeline, planServing } from '@airlock-ml/sdk'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { riskModel, riskVersion, servedCode } from '../../test/served-risk.ts'
import type { AnsweredBatch, Observer } from '../answer/answered-batch.ts'
import { loadVersion } from '../answer/loaded-version.ts'
import { type Service, startService } from '../answer/start-service.ts'
import { openShadow, type Shadow, type ShadowOptions } from './shadow.ts'
import type { ServedCode } from './shadow-process.ts'

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
let dir: string
let code: ServedCode
let service: Service
let shadow: Shadow
let seen: AnsweredBatch[]
let faults: string[]

/** A service whose champion says yes where `a` is one, beside what the shadow is set to. */
async function serve(options: Partial<ShadowOptions> = {}): Promise<void> {
  const recorder: Observer = {
    observe: (batch) => {
      seen.push({ ...batch, features: batch.features.slice() })
    },
  }
  const log = { ...silent, error: (_: object, message: string) => void faults.push(message) }
  shadow = openShadow({ code, observers: [recorder], log, ...options })
  const pipeline = await loadPipeline(code.dir, code, 'answering')
  const plan = planServing(pipeline, { ...code, log: silent })
  const settings = DeploymentSettings.parse({ requiresKey: false })
  const target = { name: 'risk-api', settings, keys: [] }
  service = await startService({ plan, target, observers: [recorder, shadow], log: silent })
  const onnx = riskModel()
  const champion = await loadVersion(plan, { version: riskVersion(3, onnx), bytesOf: async () => onnx })
  await service.change({ champion, whyNobody: null, canary: null })
}
const challenge = (number: number, onnx = riskModel([1, 1, 0, 0])) =>
  shadow.set({ version: riskVersion(number, onnx), artifacts: { model: onnx } })
const ask = async (rows: readonly object[]) => {
  const answer = await fetch(`${service.url}/v1/predict`, {
    ...{ method: 'POST', body: JSON.stringify({ rows, key: 'ada' }) },
    headers: { 'content-type': 'application/json' },
  })
  expect(answer.status).toBe(200)
  return (await answer.json()) as { predictions: { predictionId: string; label: string }[] }
}
const shadowed = () => seen.filter(({ role }) => role === 'shadow')

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'airlock-shadow-'))
  code = await servedCode(dir)
  seen = []
  faults = []
})
afterEach(async () => {
  await service.drain(1_000)
  await shadow.close()
  await rm(dir, { recursive: true })
})

test('a challenger answers the same rows under the same ids, and nobody hears it', async () => {
  await serve()
  challenge(4)
  const { predictions } = await ask([
    { a: 1, b: 0 },
    { a: 0, b: 1 },
  ])
  expect(predictions.map(({ label }) => label)).toEqual(['yes', 'no'])
  await vi.waitFor(() => expect(shadowed()).toHaveLength(1), 10_000)
  const [batch] = shadowed()
  expect(batch).toMatchObject({
    ...{ version: { number: 4 }, rows: 2, labels: ['no', 'yes'], keys: ['ada', 'ada'], classLabels: ['no', 'yes'] },
    ids: predictions.map(({ predictionId }) => predictionId),
    features: Float32Array.of(1, 0, 0, 1),
  })
  expect(batch!.probabilities[0]).toBeGreaterThan(0.5)
  expect(batch!.latencyUs.every((us) => us > 0)).toBe(true)
  expect(shadow.state()).toEqual({
    ...{ number: 4, fault: null, counts: { answered: 2, failed: 0, dropped: 0, unrecorded: 0 } },
  })
})

test('it may take its features in another order, but no others', async () => {
  await serve()
  challenge(4, riskModel([0, 0, 1, 1], ['b', 'a']))
  await ask([{ a: 1, b: 0 }])
  await vi.waitFor(() => expect(shadowed()[0]?.labels).toEqual(['yes']), 10_000)
  challenge(5, riskModel([0, 0, 1, 1], ['a', 'b', 'c']))
  await ask([{ a: 1, b: 0 }])
  await vi.waitFor(() => expect(shadow.state().fault).toContain('takes c, which the requests do not have'), 10_000)
})

test.each([
  [91, 'throws', 'no luck'],
  [92, 'hangs', 'did not answer within'],
  [93, 'fills its heap', 'needs more than 314572800 bytes'],
  [94, 'keeps memory beside its heap', 'needs more than 314572800 bytes'],
  [95, 'exits', 'ended with 7'],
])(
  'one that %s: it %s, is ended and told, and the champion answers on',
  async (number, _, message) => {
    await serve({ limits: { answerMs: number === 92 ? 500 : 20_000, memoryBytes: 300 * 1024 ** 2 } })
    challenge(number)
    const started = performance.now()
    for (let asked = 0; shadow.state().fault === null && performance.now() - started < 20_000; asked++) {
      const { predictions } = await ask([{ a: 1, b: asked }])
      expect(predictions[0]!.label).toBe('yes')
      await sleep(5)
    }
    expect(shadow.state().fault).toContain(message)
    expect(shadow.state().fault).toContain(`risk ${number} is not asked any more`)
    expect(faults).toEqual([shadow.state().fault])
    const { counts } = shadow.state()
    await ask([{ a: 1, b: 1 }])
    const after = shadow.state().counts
    expect(after.dropped).toBe(counts.dropped + 1)
    const asked = seen.filter(({ role }) => role === 'champion').reduce((sum, { rows }) => sum + rows, 0)
    expect(after.answered + after.failed + after.dropped).toBe(asked)
    expect(shadowed()).toEqual([])
    challenge(4)
    await ask([{ a: 1, b: 0 }])
    await vi.waitFor(() => expect(shadowed()).toHaveLength(1), 10_000)
  },
  30_000,
)

test('only the rows fail that fail alone', async () => {
  await serve()
  challenge(91)
  await ask([
    { a: 0, b: 0 },
    { a: 1, b: 0 },
    { a: 0, b: 1 },
  ])
  await vi.waitFor(() => expect(shadowed()[0]?.rows).toBe(2), 10_000)
  expect(shadowed()[0]!.features).toEqual(Float32Array.of(0, 0, 0, 1))
  expect(shadow.state()).toMatchObject({ fault: null, counts: { answered: 2, failed: 1, dropped: 0 } })
})

test('what finds no room is counted, and the bytes of a model that is none are told', async () => {
  await serve({ limits: { waitingRows: 2 } })
  challenge(4)
  await ask(Array.from({ length: 3 }, () => ({ a: 1, b: 0 })))
  expect(shadow.state().counts.dropped).toBe(3)
  shadow.set({ version: riskVersion(5, Buffer.from('no')), artifacts: { model: Buffer.from('no') } })
  await vi.waitFor(() => expect(shadow.state().fault).toContain('risk 5'), 10_000)
})

test('one that hangs does not outlive a service that is killed', async () => {
  await serve()
  const child = fork(join(import.meta.dirname, '../../test/hung-shadow.child.ts'), [dir], {
    execArgv: process.execArgv,
  })
  const [{ pid }] = (await once(child, 'message')) as [{ pid: number }]
  const isThere = () => {
    try {
      return process.kill(pid, 0)
    } catch {
      return false
    }
  }
  expect(isThere()).toBe(true)
  child.kill('SIGKILL')
  await vi.waitFor(() => expect(isThere()).toBe(false), 5_000)
})

test('an observer that fails or refuses costs nothing but its record', async () => {
  let calls = 0
  const failing: Observer = {
    observe: () => {
      if (calls++ === 0) throw new Error('full')
      return Promise.reject(new Error('full'))
    },
  }
  await serve({ observers: [failing] })
  challenge(4)
  await ask([{ a: 1, b: 0 }])
  await vi.waitFor(() => expect(shadow.state().counts.unrecorded).toBe(1), 10_000)
  await ask([{ a: 1, b: 0 }])
  await vi.waitFor(() => expect(shadow.state().counts).toMatchObject({ unrecorded: 2, answered: 2 }), 10_000)
})
