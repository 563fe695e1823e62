import { float64Column, Table } from '@airlock-ml/tabular'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { json, list, optional, step, table } from '../index.ts'
import { testStep } from './test-step.ts'

const double = step({
  name: 'double',
  inputs: { number: json<number>() },
  outputs: { doubled: json<number>() },
  params: z.object({ times: z.int().default(1) }),
  run: ({ inputs, params, context }) => {
    context.log.info(`in ${context.run.environment} at ${context.now().toISOString()}`)
    context.logMetadata({ times: params.times })
    return { doubled: inputs.number * 2 ** params.times }
  },
})

test('a step runs by itself, with defaults and what a test sets of its context', async () => {
  const { outputs, metadata, logs } = await testStep(double, { inputs: { number: 3 } })
  expect(outputs).toEqual({ doubled: 6 })
  expect(metadata).toEqual({ times: 1 })
  expect(logs.map(({ message }) => message)).toEqual(['in local at 2026-01-01T00:00:00.000Z'])
  const other = await testStep(double, { inputs: { number: 3 }, params: { times: 2 }, now: new Date(0) })
  expect(other.outputs).toEqual({ doubled: 12 })
  expect(other.logs[0]?.at).toBe('1970-01-01T00:00:00.000Z')
})

test('random numbers are the same for the same seed, which is recorded when it was used', async () => {
  const draw = step({
    name: 'draw',
    outputs: { numbers: json<number[]>() },
    run: ({ context }) => ({ numbers: [context.random(), context.random()] }),
  })
  const [first, again, other] = await Promise.all([7, 7, 8].map((seed) => testStep(draw, { seed })))
  expect(again).toEqual(first)
  expect(other?.outputs).not.toEqual(first?.outputs)
  expect(first?.metadata).toEqual({ random_seed: 7 })
})

test('parameters, inputs and outputs are checked as in a run', async () => {
  await expect(testStep(double, { inputs: { number: 3 }, params: { times: 0.5 } })).rejects.toThrow(
    'Parameter "times" of step "double" is wrong',
  )
  const none = { numbr: 3 } as unknown as { number: number }
  await expect(testStep(double, { inputs: none })).rejects.toThrow(
    'Step "double" has no input "numbr". Did you mean "number"?',
  )
  const read = step({ name: 'read', inputs: { train: table() }, run: () => {} })
  await expect(testStep(read, { inputs: { train: [] as unknown as Table } })).rejects.toThrow(
    'Input "train" of step "read" must be a Table, got a list of 0.',
  )
  const faulty = step({ name: 'faulty', outputs: { a: json() }, run: (() => ({})) as () => { a: unknown } })
  await expect(testStep(faulty, {})).rejects.toThrow('Step "faulty" did not return its output "a".')
  const wrong = step({
    name: 'wrong',
    outputs: { a: table() },
    run: (() => ({ a: 1 })) as unknown as () => { a: Table },
  })
  await expect(testStep(wrong, {})).rejects.toThrow('Output "a" of step "wrong" must be a Table, got 1.')
})

test('what a step writes into its input does not reach the value of the test', async () => {
  const spoil = step({
    name: 'spoil',
    inputs: { lists: list(json<number[]>()), note: optional(json<string>()) },
    outputs: { lengths: json<number[]>(), note: json<string>() },
    run: ({ inputs }) => ({ lengths: inputs.lists.map((each) => each.push(0)), note: inputs.note ?? 'none' }),
  })
  const lists = [[1], [1, 2]]
  const { outputs } = await testStep(spoil, { inputs: { lists, note: undefined } })
  expect(outputs).toEqual({ lengths: [2, 3], note: 'none' })
  expect(lists).toEqual([[1], [1, 2]])
})

test('a table comes out as a later step would read it', async () => {
  const make = step({
    name: 'make',
    outputs: { made: table() },
    run: () => ({ made: new Table([float64Column('size', [1, 2])]) }),
  })
  expect((await testStep(make, {})).outputs.made.toRows()).toEqual([{ size: 1 }, { size: 2 }])
})
