import { PlatformError } from '@airlock-ml/contract'
import { json, pipeline, servedModel, step, table } from '@airlock-ml/sdk'
import { afterEach, expect, test } from 'vitest'
import { ask, loadRisk, planOf, startRiskService } from '../../test/risk-service.ts'
import type { AnsweredBatch } from './answered-batch.ts'
import type { Service } from './start-service.ts'

let service: Service
afterEach(() => service.drain(0))

/** Throws where `b` is 666 and answers nonsense from 667 on, however many rows there are beside. */
const moody = planOf(
  pipeline({
    name: 'moody',
    serves: { model: 'risk', parameter: 'patient' },
    build: ({ requests, model }) =>
      step({
        name: 'moody',
        inputs: { model: servedModel(), requests: table() },
        outputs: { answers: json<readonly object[]>() },
        run: async ({ inputs: { model, requests } }) => {
          const { labels } = await model.predictTable(requests)
          const values = Array.from(requests.column('b').values as Float32Array)
          if (values.includes(666)) throw new Error('a secret of the step')
          if (values.includes(667)) return { answers: [null] as never }
          const odd: Record<number, object> = {
            668: { big: 1n },
            669: [1],
            670: new Date(0),
            671: { toJSON: () => {} },
          }
          return { answers: labels.map((label, row) => odd[values[row]!] ?? { label, model: 'mine' }) }
        },
      })({ inputs: { requests, model: model.model } }),
  }),
)
const askAll = (bs: readonly number[]) => Promise.all(bs.map((b) => ask(service, { row: { a: 1, b } })))

test('a step that throws, or answers nonsense, fails only the requests that fail alone', async () => {
  const logged: { requestId?: string }[] = []
  const log = { info: () => {}, warn: () => {}, error: (fields: object) => logged.push(fields) }
  service = await startRiskService({ plan: moody, champion: await loadRisk(3, { plan: moody }), log })
  const bs = [0, 1, 666, 0, 667, 1, 668, 0, 669, 666, 1, 670, 0, 671, 1]
  const said = await askAll(bs)
  expect(said.map(({ status }) => status)).toEqual(bs.map((b) => (b > 1 ? 500 : 200)))
  expect(said.filter(({ status }) => status === 200).every(({ body }) => body.label === 'yes')).toBe(true)
  const failed = said.filter(({ status }) => status === 500).map(({ body }) => body)
  expect(failed[0]).toMatchObject({ code: 'answer_failed', requestId: expect.any(String) })
  expect(JSON.stringify(failed)).not.toContain('secret')
  // What each caller was told is what the log knows it by.
  expect(logged.map(({ requestId }) => requestId).sort()).toEqual(failed.map(({ requestId }) => requestId).sort())
  expect((await askAll([0]))[0]).toMatchObject({ status: 200 })
})

test('a row that the model has no answer for is named, and others in the same turn are answered', async () => {
  service = await startRiskService({ champion: await loadRisk(3, { kind: 'line' }) })
  const far = { a: 3e38, b: -3e38 }
  const near = { a: 1, b: 0 }
  const said = await Promise.all([near, far, near, near].map((row) => ask(service, { row })))
  expect(said.map(({ status }) => status)).toEqual([200, 422, 200, 200])
  expect(said[1]!.body).toMatchObject({ code: 'row_invalid', details: { row: 0 } })
  expect((await ask(service, { rows: [near, near, far] })).body).toMatchObject({
    detail: expect.stringContaining('no answer for row 3 of 3'),
    details: { row: 2 },
  })
})

test('who watches is told of what was answered, once each, with whose it was; what cannot be recorded is not answered', async () => {
  const seen: AnsweredBatch[] = []
  let isFull = false
  const observer = {
    observe: (batch: AnsweredBatch) => {
      if (isFull) return Promise.reject(new PlatformError('prediction_not_recorded', 'The disk is full.'))
      seen.push({ ...batch, features: batch.features.slice() })
      return undefined
    },
  }
  const champion = await loadRisk(3, { plan: moody })
  service = await startRiskService({ plan: moody, champion, observers: [observer] })
  const bodies = [
    { row: { a: 1, b: 0 }, key: 'k', subject: 's' },
    { row: { a: 1, b: 666 } },
    { rows: [{ a: 0, b: 1 }, { a: 1, b: 1 }], key: 'many' }, // biome-ignore format: one request a line
  ]
  const said = await Promise.all(bodies.map((body) => ask(service, body)))
  const told = seen.flatMap((batch) =>
    batch.ids.map((id, at) => ({
      ...{ id, key: batch.keys[at], subject: batch.subjects[at], label: batch.labels[at] },
      row: Array.from(batch.features.subarray(at * 2, at * 2 + 2)),
    })),
  )
  const [first, , third] = said.map(
    ({ body }) => body as { predictionId: string; predictions: { predictionId: string }[] },
  )
  const idOf = (at: number) => third!.predictions[at]!.predictionId
  expect(told.sort((one, other) => (one.id < other.id ? -1 : 1))).toEqual(
    [
      { id: first!.predictionId, key: 'k', subject: 's', label: 'yes', row: [1, 0] },
      { id: idOf(0), key: 'many', subject: null, label: 'no', row: [0, 1] },
      { id: idOf(1), key: 'many', subject: null, label: 'yes', row: [1, 1] },
    ].sort((one, other) => (one.id < other.id ? -1 : 1)),
  )
  isFull = true
  expect(await ask(service, bodies[0])).toMatchObject({ status: 503, body: { code: 'prediction_not_recorded' } })
  isFull = false
  expect(await ask(service, bodies[0])).toMatchObject({ status: 200 })
})
