import { afterAll, beforeAll, expect, test } from 'vitest'
import { ask, startRiskService } from '../../test/risk-service.ts'
import type { Service } from './start-service.ts'

let service: Service
beforeAll(async () => {
  service = await startRiskService()
})
afterAll(() => service.drain(0))

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  ask(service, body, { path, headers })

test('one row is answered with what the pipeline says, a prediction id, and the version', async () => {
  const { status, body } = await post('/v1/predict', { row: { a: 1, b: 0 } })
  expect(status).toBe(200)
  expect(body).toEqual({
    predictionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    ...{ label: 'yes', yes: expect.closeTo(0.8, 5) },
    model: { name: 'risk', version: 3, sourceVersion: 7, digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
  })
  expect((await post('/invoke', { parameters: { patient: { a: 0, b: 0 } } })).body).toMatchObject({ label: 'no' })
})

test('many rows are answered in their order', async () => {
  const { body } = await post('/v1/predict', { rows: [0, 1, 1].map((a) => ({ a, b: 0 })) })
  expect(body).toMatchObject({ predictions: [{ label: 'no' }, { label: 'yes' }, { label: 'yes' }] })
})

test('what is not a whole row is refused by name; others in the same turn are answered', async () => {
  const [bad, good] = await Promise.all([
    post('/v1/predict', { row: { a: '1', c: 2 } }),
    post('/v1/predict', { row: { a: 1, b: 1 } }),
  ])
  expect(bad).toMatchObject({
    status: 422,
    body: {
      code: 'row_invalid',
      details: {
        fields: [
          { field: 'a', problem: 'not a number' },
          { field: 'b', problem: 'missing' },
          { field: 'c', problem: 'unknown' },
        ],
      },
    },
  })
  expect(good).toMatchObject({ status: 200, body: { label: 'yes' } })
})

test('without a key of the deployment nothing is answered', async () => {
  expect(await post('/v1/predict', { row: { a: 1, b: 1 } }, { authorization: '' })).toMatchObject({ status: 401 })
  const wrong = { authorization: 'Bearer other' }
  expect(await post('/v1/predict', { row: { a: 1, b: 1 } }, wrong)).toMatchObject({ status: 401 })
})
