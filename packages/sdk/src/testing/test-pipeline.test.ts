import { expect, test } from 'vitest'
import { z } from 'zod'
import { constant, json, list, map, model, pipeline, step, table } from '../index.ts'
import { testPipeline } from './test-pipeline.ts'

const draw = step({
  name: 'draw',
  outputs: { number: json<number>() },
  params: z.object({ plus: z.number().default(0) }),
  run: ({ params, context }) => {
    context.log.info(context.now().toISOString())
    return { number: params.plus + context.random() }
  },
})
const add = step({
  name: 'add',
  inputs: { numbers: list(json<number>()) },
  outputs: { sum: json<number>(), is_large: json<boolean>() },
  run: ({ inputs, context }) => {
    const sum = inputs.numbers.reduce((all, number) => all + number, 0)
    context.logMetadata({ count: inputs.numbers.length })
    return { sum, is_large: sum > 100 }
  },
})
const praise = step({ name: 'praise', inputs: { sum: json<number>() }, run: () => {} })

const sums = pipeline({
  name: 'sums',
  params: z.object({ count: z.int(), plus: z.number().default(0) }),
  build: ({ params }) => {
    const items = Array.from({ length: params.count }, (_, at) => at)
    const numbers = map(items, () => draw({ params: { plus: params.plus } }).number)
    const { sum, is_large } = add({ inputs: { numbers: [...numbers, constant(0)] } })
    praise({ inputs: { sum }, when: is_large })
  },
})

test('a pipeline runs in memory, with the same numbers for the same seed', async () => {
  const first = await testPipeline(sums, { params: { count: 2 }, seed: 7 })
  expect(Object.keys(first.steps)).toEqual(['draw_0', 'draw_1', 'add', 'praise'])
  const drawn = [first.steps.draw_0?.outputs.number, first.steps.draw_1?.outputs.number] as number[]
  expect(drawn[0]).not.toBe(drawn[1])
  expect(first.steps.add).toMatchObject({
    status: 'completed',
    outputs: { sum: drawn[0]! + drawn[1]!, is_large: false },
    metadata: { count: 3 },
  })
  expect(first.steps.draw_0?.logs).toEqual([
    { at: '2026-01-01T00:00:00.000Z', level: 'info', message: '2026-01-01T00:00:00.000Z' },
  ])
  expect(first.steps.praise).toMatchObject({ status: 'skipped', skipReason: 'Its condition add.is_large is false.' })
  expect(await testPipeline(sums, { params: { count: 2 }, seed: 7 })).toEqual(first)
  const other = await testPipeline(sums, { params: { count: 2, plus: 99 }, seed: 8 })
  expect(other.steps.praise?.status).toBe('completed')
})

test('what fails the run rejects, and wrong parameters and wiring too', async () => {
  const fail = step({
    name: 'fail',
    run: () => {
      throw new Error('no rows')
    },
  })
  await expect(testPipeline(pipeline({ name: 'failing', build: () => void fail() }))).rejects.toThrow('no rows')
  await expect(testPipeline(sums, { params: { count: 'two' } })).rejects.toThrow('Parameter "count" of pipeline "sums"')
  await expect(testPipeline(pipeline({ name: 'empty', build: () => {} }))).rejects.toThrow('has no steps')
})

test('attempts that failed are told', async () => {
  let attempts = 0
  const moody = step({
    name: 'moody',
    retry: { attempts: 3, delayMs: 0 },
    run: () => {
      if (++attempts < 3) throw new Error(`attempt ${attempts}`)
    },
  })
  const { steps } = await testPipeline(pipeline({ name: 'moody', build: () => void moody() }))
  expect(steps.moody?.earlierErrors).toEqual(['attempt 1', 'attempt 2'])
})

test('a pipeline that uses a model reads the values that a test gives', async () => {
  const look = step({
    name: 'look',
    inputs: { metrics: json<{ accuracy: number }>() },
    outputs: { seen: json<unknown>() },
    run: ({ inputs, context }) => ({ seen: [inputs.metrics.accuracy, context.run.model?.name ?? null] }),
  })
  const using = pipeline({
    name: 'using',
    uses: { model: 'classifier', artifacts: { metrics: json<{ accuracy: number }>() } },
    build: ({ model }) => void look({ inputs: { metrics: model.metrics } }),
  })
  const { steps } = await testPipeline(using, { model: { metrics: { accuracy: 0.9 } } })
  expect(steps.look?.outputs.seen).toEqual([0.9, null])
  await expect(testPipeline(using)).rejects.toThrow('Input "metrics" of step "look" was not recorded')
  await expect(testPipeline(sums, { params: { count: 1 }, model: { metrics: 1 } })).rejects.toThrow(
    'Pipeline "sums" uses no artifact "metrics" of a model.',
  )
})

test('a pipeline that trains gives the artifacts of its version', async () => {
  const train = step({
    name: 'train',
    outputs: { model: model(), test: table(), metrics: json<object>() },
    run: () => ({ model: Uint8Array.of(1), test: [] as never, metrics: {} }),
  })
  const training = pipeline({
    name: 'training',
    trains: { model: 'classifier', evaluation: { target: 'label', positive: 'yes' } },
    build: () => {
      const { model, test, metrics } = train()
      return { model, evaluation: test, metrics }
    },
  })
  await expect(testPipeline(training)).rejects.toThrow('Output "model" of step "train" is not a model')
})
