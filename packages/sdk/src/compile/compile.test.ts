import { type PlatformError, SnapshotSpec } from '@airlock-ml/contract'
import type { Table } from '@airlock-ml/tabular'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { type Artifacts, compile, json, model, type Pipeline, pipeline, type Ref, step, table } from '../index.ts'

const options = {
  params: {},
  environment: 'local',
  stack: 'dev-stack',
  code: { digest: 'a'.repeat(64), commit: null, dirty: true },
} as const

const load = step({
  name: 'load_data',
  outputs: { table: table() },
  params: z.object({ path: z.string(), rows: z.int().min(1).default(10), mode: z.enum(['fast', 'slow']).optional() }),
  run: () => ({ table: {} as Table }),
})
const train = step({
  name: 'train_model',
  inputs: { train: table() },
  outputs: { model: model(), metrics: json<{ accuracy: number }>() },
  run: () => ({ model: new Uint8Array(), metrics: { accuracy: 1 } }),
})
const count = step({
  name: 'count',
  inputs: { before: json<number>() },
  outputs: { after: json<number>() },
  run: ({ inputs }) => ({ after: inputs.before + 1 }),
})
const zero = step({ name: 'zero', outputs: { after: json<number>() }, run: () => ({ after: 0 }) })

const trains = { model: 'classifier', evaluation: { target: 'diagnosis', positive: 'malignant' } }
const training = pipeline({
  name: 'training',
  params: z.object({ data: z.string(), trees: z.int().max(1_000).default(5) }),
  trains,
  build: ({ params }) => {
    const { table } = load({ params: { path: params.data } })
    const made = train({ inputs: { train: table } })
    return { ...made, evaluation: table, first: table }
  },
})

/** A pipeline whose build the compiler would not accept, as plain JavaScript allows it. */
const untyped = (build: (args: { params: never; model: never }) => unknown, more: object = {}) =>
  pipeline({ name: 'untyped', ...more, build: build as () => void })

type Loose = (call?: unknown) => Record<string, Ref>
const loose = (value: unknown) => value as Loose

const refusal = (made: Pipeline, params: Record<string, unknown> = {}) => {
  try {
    compile(made, { ...options, params })
  } catch (error) {
    return error as PlatformError
  }
  throw new Error('was compiled')
}

test('a pipeline compiles to an inert snapshot with every default filled in', () => {
  const spec = compile(training, { ...options, params: { data: 'a.csv' }, hooks: { success: ['s.ts'], failure: [] } })
  expect(SnapshotSpec.parse(spec)).toEqual(spec)
  expect(spec).toEqual({
    formatVersion: 1,
    pipeline: 'training',
    environment: 'local',
    stack: 'dev-stack',
    parameters: { data: 'a.csv', trees: 5 },
    steps: [
      { name: 'load_data', inputs: {}, outputs: { table: { type: 'table' } }, parameters: { path: 'a.csv', rows: 10 } },
      {
        name: 'train_model',
        inputs: { train: { from: 'step', step: 'load_data', output: 'table' } },
        outputs: { model: { type: 'model' }, metrics: { type: 'json' } },
        parameters: {},
      },
    ],
    model: {
      action: 'trains',
      name: 'classifier',
      artifacts: {
        model: { step: 'train_model', output: 'model' },
        evaluation: { step: 'load_data', output: 'table' },
        metrics: { step: 'train_model', output: 'metrics' },
        first: { step: 'load_data', output: 'table' },
      },
      evaluation: { target: 'diagnosis', positive: 'malignant' },
    },
    code: options.code,
    hooks: { success: ['s.ts'], failure: [] },
  })
})

test('a pipeline that uses a model reads its artifacts by role', () => {
  const scoring = pipeline({
    name: 'scoring',
    uses: { model: 'classifier', artifacts: { first: table() } },
    build: ({ model }) => {
      train({ inputs: { train: model.evaluation } })
      train({ name: 'train_again', inputs: { train: model.first } })
    },
  })
  const spec = compile(scoring, options)
  expect(spec.model).toEqual({ action: 'consumes', name: 'classifier' })
  expect(spec.steps.map(({ inputs }) => inputs)).toEqual([
    { train: { from: 'model', role: 'evaluation' } },
    { train: { from: 'model', role: 'first' } },
  ])
})

test('a pipeline that compares reads two versions by role, and says where its comparison is', () => {
  const judge = step({
    name: 'judge',
    inputs: { first: table(), second: table() },
    outputs: { verdict: json<{ verdict: string }>() },
    run: () => ({ verdict: { verdict: 'worse' } }),
  })
  const comparing = pipeline({
    name: 'comparing',
    compares: { model: 'classifier', artifacts: { rows: table() } },
    build: ({ champion, challenger }) => ({
      comparison: judge({ inputs: { first: champion.rows, second: challenger.evaluation } }).verdict,
    }),
  })
  const spec = compile(comparing, options)
  expect(spec.model).toEqual({
    action: 'compares',
    name: 'classifier',
    comparison: { step: 'judge', output: 'verdict' },
  })
  expect(spec.steps[0]?.inputs).toEqual({
    first: { from: 'model', role: 'rows', of: 'champion' },
    second: { from: 'model', role: 'evaluation' },
  })
  const silent = { ...comparing, build: () => void zero() }
  expect(refusal(silent).message).toContain('"comparison", returned by the build of pipeline "comparing", is missing.')
})

test.each([
  [{}, 'Parameter "data" of pipeline "training" is missing: expected string.'],
  [{ data: 7 }, 'Parameter "data" of pipeline "training" is wrong: expected string, got 7.'],
  [
    { data: 'a', trees: 'many' },
    'Parameter "trees" of pipeline "training" is wrong: expected number, got the text "many".',
  ],
  [{ data: 'a', trees: 1.5 }, 'Parameter "trees" of pipeline "training" is wrong: expected int, got 1.5.'],
  [{ data: 'a', trees: 1_001 }, /"trees" .*Too big.*<=1000, got 1001/],
  [{ data: 'a', tress: 5 }, 'Parameter "tress" of pipeline "training" is not known. Did you mean "trees"?'],
  [{ data: 'a', zzzzzzzz: 5 }, 'is not known. There is "data", "trees".'],
])('parameters %j are refused, saying what was expected and got', (params, message) => {
  const error = refusal(training, params)
  expect(error.code).toBe('parameter_invalid')
  expect(error.message).toMatch(message)
})

test('parameters of a step are checked like those of the pipeline', () => {
  const error = refusal(untyped(() => loose(load)({ params: { path: 'a', mode: 'fats' } })))
  expect(error.message).toBe(
    'Parameter "mode" of step "load_data" is wrong: expected one of "fast", "slow", got the text "fats". Did you mean "fast"?',
  )
})

test('a parameter that JSON would change is refused', () => {
  const dated = pipeline({ name: 'dated', params: z.object({ day: z.date() }), build: () => void zero() })
  expect(refusal(dated, { day: new Date() }).message).toBe(
    'The parameters of pipeline "dated" cannot be stored: "day" is a Date, which JSON cannot hold.',
  )
})

test('two steps of one name are refused, naming both', () => {
  const error = refusal(
    untyped(() => {
      load({ params: { path: 'a' } })
      zero()
      load({ params: { path: 'b' } })
    }),
  )
  expect(error.code).toBe('pipeline_invalid')
  expect(error.message).toContain('Two steps are called "load_data": the one called 1st and the one called 3rd')
  expect(error.message).toContain("{ name: 'load_data_again' }")
})

test('a step is used twice under a name of its own', () => {
  const twice = untyped(() => {
    zero()
    zero({ name: 'zero_again' })
  })
  expect(compile(twice, options).steps.map(({ name }) => name)).toEqual(['zero', 'zero_again'])
})

test.each<[string, () => unknown]>([
  ['Input "train" of step "train_model" is missing.', () => loose(train)()],
  [
    'Input "train" of step "train_model" was given undefined. Is the output that it should read spelt as its step has it?',
    () => loose(train)({ inputs: { train: undefined } }),
  ],
  ['Step "train_model" has no input "trian". Did you mean "train"?', () => loose(train)({ inputs: { trian: 1 } })],
  [
    'Input "train" of step "train_model" must be an output of an earlier step, got an object.',
    () => loose(train)({ inputs: { train: {} } }),
  ],
  [
    'Input "train" of step "train_model" is a table, but was given a json.',
    () => loose(train)({ inputs: { train: zero().after } }),
  ],
  ['Step "zero" was called with "nmae", unknown here. Did you mean "name"?', () => loose(zero)({ nmae: 'x' })],
  ['A use of step "zero" is named the text "Zero 2": the name must be snake_case', () => zero({ name: 'Zero 2' })],
  ['The inputs of step "train_model" must be an object, got a list of 1.', () => loose(train)({ inputs: [1] })],
  ['Pipeline "untyped" has no steps.', () => {}],
  ['The build of pipeline "untyped" is async.', async () => zero()],
])('wiring is refused at run time too: %s', (message, build) => {
  const error = refusal(untyped(build))
  expect(error.code).toBe('pipeline_invalid')
  expect(error.message).toContain(message)
})

test.each<[string, () => unknown]>([
  ['its build must return { model, evaluation, metrics }, got nothing.', () => void zero()],
  ['"model", returned by the build of pipeline "untyped", is missing.', () => ({ other: zero().after })],
  [
    '"model", returned by the build of pipeline "untyped", is a model, but was given a json.',
    () => ({ model: zero().after }),
  ],
])('a pipeline that trains is refused unless it returns what a version needs: %s', (message, build) => {
  expect(refusal(untyped(build, { trains })).message).toContain(message)
})

test('a ref of another build is refused', () => {
  let kept: Ref | undefined
  compile(
    untyped(() => {
      kept = zero().after
    }),
    options,
  )
  const error = refusal(untyped(() => loose(count)({ inputs: { before: kept } })))
  expect(error.message).toContain('is an output of another build')
})

test('a step called outside of a build says so, also after a build that failed', () => {
  expect(() =>
    compile(
      untyped(() => loose(train)()),
      options,
    ),
  ).toThrow('is missing')
  expect(() => zero()).toThrow('Step "zero" was called outside of a pipeline\'s build')
})

test.each([
  [() => step({ name: 'Bad Name', run: () => {} }), 'A step is named the text "Bad Name": the name must be snake_case'],
  [
    () => step({ name: 's', inputs: { 'a-b': table() }, run: () => {} }),
    'One of the inputs of step "s" is named the text "a-b"',
  ],
  [
    () => step({ name: 's', outputs: { a: 'table' } as unknown as Artifacts, run: () => ({ a: 1 }) }),
    'must be an artifact, as table() or json(), got the text "table"',
  ],
  [() => pipeline({ name: 'Bad', build: () => {} }), 'A pipeline is named the text "Bad": the name must be kebab-case'],
  [() => pipeline({ name: 'p', uses: { model: '../x' }, build: () => {} }), 'names its model the text "../x"'],
  [
    () => pipeline({ name: 'p', trains, uses: { model: 'm' }, build: (() => {}) as never }),
    'both trains and uses a model',
  ],
])('a definition that the platform could not store is refused where it is written (%#)', (define, message) => {
  expect(define).toThrow(message)
})

test('what does not fit into a snapshot is refused', () => {
  const many = untyped(() => {
    for (let at = 0; at <= 20_000; at++) zero({ name: `zero_${at}` })
  })
  expect(refusal(many).message).toContain('has 20001 steps. The most are 20000')
  expect(() => compile(training, { ...options, params: { data: 'a' }, stack: 'Dev Stack' })).toThrow(
    'Pipeline "training" cannot be stored: stack must be kebab-case',
  )
})

test('compiling takes time linear in the number of steps', () => {
  const chain = (length: number) =>
    untyped(() => {
      let { after } = zero()
      for (let at = 1; at < length; at++) after = count({ name: `count_${at}`, inputs: { before: after } }).after
    })
  const fastestMs = (length: number) => {
    const made = chain(length)
    const times = Array.from({ length: 15 }, () => {
      const startedAt = performance.now()
      compile(made, options)
      return performance.now() - startedAt
    })
    return Math.min(...times)
  }
  fastestMs(2_000)
  // Linear is 10 and quadratic 100; the benchmark has the bar.
  expect(fastestMs(2_000) / fastestMs(200)).toBeLessThan(40)
})
