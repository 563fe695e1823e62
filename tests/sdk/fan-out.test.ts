import { constant, group, json, list, map, optional, pipeline, step, text } from '@airlock-ml/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type EmbeddedWorkspace, openEmbeddedWorkspace, project } from './embedded-workspace.ts'

let workspace: EmbeddedWorkspace
beforeAll(async () => {
  workspace = await openEmbeddedWorkspace()
})
afterAll(() => workspace.close())

const square = step({
  name: 'square',
  params: z.object({ of: z.number() }),
  outputs: { value: json<number>() },
  run: ({ params }) => ({ value: params.of ** 2 }),
})
const sum = step({
  name: 'sum',
  inputs: { values: list(json<number>()) },
  outputs: { total: json<number>() },
  run: ({ inputs }) => ({ total: inputs.values.reduce((total, value) => total + value, 0) }),
})
const squares = pipeline({
  name: 'squares',
  params: z.object({ of: z.array(z.number()) }),
  build: ({ params }) => {
    sum({ inputs: { values: map(params.of, (of) => square({ params: { of } }).value) } })
  },
})

async function readValue(run: { id: string; steps: readonly { name: string; outputs: object }[] }, name: string) {
  const outputs = run.steps.find((each) => each.name === name)?.outputs ?? {}
  const [ref] = Object.values(outputs) as { digest: string }[]
  const body = await workspace.client.getBlob({ project, sha256: ref?.digest ?? '' })
  return JSON.parse(await new Response(body).text())
}

test('a step runs for each item of a list, and the results come together in their order', async () => {
  const { run } = await workspace.run(squares, { params: { of: [3, 1, 2] } })
  expect(run.status).toBe('completed')
  expect(run.steps.map(({ name }) => name).sort()).toEqual(['square_0', 'square_1', 'square_2', 'sum'])
  const added = run.steps.find(({ name }) => name === 'sum')
  expect(Object.entries(added?.inputs ?? {}).map(([input, { name }]) => [input, name])).toEqual([
    ['values.0', 'squares.square_0.value'],
    ['values.1', 'squares.square_1.value'],
    ['values.2', 'squares.square_2.value'],
  ])
  expect(await readValue(run, 'sum')).toBe(14)
})

test('a fan-out over nothing gives the fan-in an empty list', async () => {
  const { run } = await workspace.run(squares, { params: { of: [] } })
  expect(run.steps.map(({ name }) => name)).toEqual(['sum'])
  expect(await readValue(run, 'sum')).toBe(0)
})

// `npm run bench -- fan-out` does it with 10,000.
test('a fan-out over 300 items runs each once and gathers all', async () => {
  const of = Array.from({ length: 300 }, (_, at) => at)
  const { run } = await workspace.run(squares, { params: { of } })
  expect(run.status).toBe('completed')
  expect(new Set(run.steps.map(({ name }) => name))).toHaveProperty('size', 301)
  expect(Object.keys(run.steps.find(({ name }) => name === 'sum')?.inputs ?? {})).toHaveLength(300)
  expect(await readValue(run, 'sum')).toBe(of.reduce((total, value) => total + value ** 2, 0))
}, 60_000)

test('constants are values of the snapshot, checked like any input; a step gets a copy', async () => {
  const thresholds = json(z.array(z.number()))
  const count = step({
    name: 'count',
    inputs: { thresholds },
    outputs: { n: json<number>() },
    run: ({ inputs }) => ({ n: inputs.thresholds.push(1) }),
  })
  const counts = pipeline({
    name: 'counts',
    build: () => {
      const fixed = constant([0.1, 0.5])
      for (const name of ['one', 'two']) count({ name, inputs: { thresholds: fixed } })
    },
  })
  const { run } = await workspace.run(counts, { concurrency: 1 })
  expect([await readValue(run, 'one'), await readValue(run, 'two')]).toEqual([3, 3])
  const wrong = pipeline({
    name: 'wrong',
    build: () => void count({ inputs: { thresholds: constant<unknown>(['a']) as never } }),
  })
  expect((await workspace.run(wrong)).run.error?.message).toContain(
    'Input "thresholds" of step "count" is the constant',
  )
})

test('an optional input that is not given is undefined', async () => {
  const seen: unknown[] = []
  const look = step({
    name: 'look',
    inputs: { words: optional(text()) },
    run: ({ inputs }) => void seen.push(inputs.words),
  })
  const say = step({ name: 'say', outputs: { words: text() }, run: () => ({ words: 'a' }) })
  const looking = pipeline({
    name: 'looking',
    build: () => {
      look()
      look({ name: 'look_again', inputs: { words: say().words } })
    },
  })
  await workspace.run(looking, { concurrency: 1 })
  expect(seen.sort()).toEqual(['a', undefined])
})

test('groups let one function be called twice', async () => {
  const both = pipeline({
    name: 'both',
    build: () => {
      const twice = (of: number) => map([of, of + 1], (each) => square({ params: { of: each } }).value)
      sum({ inputs: { values: [...group('low', () => twice(1)), ...group('high', () => twice(10))] } })
    },
  })
  const { run } = await workspace.run(both)
  expect(run.steps.map(({ name }) => name).sort()).toEqual([
    'high_square_0',
    'high_square_1',
    'low_square_0',
    'low_square_1',
    'sum',
  ])
  expect(await readValue(run, 'sum')).toBe(1 + 4 + 100 + 121)
})

const decide = step({
  name: 'decide',
  params: z.object({ answer: z.json() }),
  outputs: { go: json<boolean>() },
  run: ({ params }) => ({ go: params.answer as boolean }),
})
const say = step({ name: 'say', outputs: { words: text() }, run: () => ({ words: 'a' }) })
const read = step({ name: 'read', inputs: { words: text() }, run: () => {} })
const mayRead = step({
  name: 'may_read',
  inputs: { words: optional(text()) },
  outputs: { had: json<boolean>() },
  run: ({ inputs }) => ({ had: inputs.words !== undefined }),
})
const deciding = pipeline({
  name: 'deciding',
  params: z.object({ answer: z.json() }),
  build: ({ params }) => {
    const { go } = decide({ params: { answer: params.answer } })
    const said = say({ when: go })
    read({ inputs: said })
    mayRead({ inputs: said })
    decide({ name: 'last', after: [said], params: { answer: true } })
  },
})

test('a step whose condition is false is skipped with its reason, and what depends on it; the run completes', async () => {
  const { run, events } = await workspace.run(deciding, { params: { answer: false } })
  expect(run.status).toBe('completed')
  expect(Object.fromEntries(run.steps.map(({ name, status, skipReason }) => [name, [status, skipReason]]))).toEqual({
    decide: ['completed', null],
    say: ['skipped', 'Its condition decide.go is false.'],
    read: ['skipped', 'It depends on say, which was skipped.'],
    may_read: ['completed', null],
    last: ['skipped', 'It depends on say, which was skipped.'],
  })
  expect(await readValue(run, 'may_read')).toBe(false)
  expect(events.filter(({ type }) => type === 'step-skipped')).toHaveLength(3)
})

test('a step whose condition is true runs', async () => {
  const { run } = await workspace.run(deciding, { params: { answer: true } })
  expect(run.steps.map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => 'completed'))
  expect(await readValue(run, 'may_read')).toBe(true)
})

test('a condition that is neither true nor false fails the run', async () => {
  const { run } = await workspace.run(deciding, { params: { answer: 'yes' } })
  expect(run).toMatchObject({
    status: 'failed',
    error: {
      step: 'say',
      message: 'The condition of step "say" must be true or false: decide.go is the text "yes".',
    },
  })
})
