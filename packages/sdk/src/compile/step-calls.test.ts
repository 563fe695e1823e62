import { type PlatformError, SnapshotSpec, SnapshotStep } from '@airlock-ml/contract'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { constant, group, json, list, map, optional, pipeline, type Ref, step, table, text } from '../index.ts'
import { compile } from './compile.ts'

const options = {
  params: {},
  environment: 'local',
  stack: 'dev-stack',
  code: { digest: 'c'.repeat(64), commit: null, dirty: true },
} as const

const built = (build: () => unknown) => compile(pipeline({ name: 'built', build: build as () => void }), options)
const stepsOf = (build: () => unknown) => built(build).steps
type Loose = (call?: unknown) => Record<string, Ref>
const loose = (value: unknown) => value as Loose

const score = step({
  name: 'score',
  params: z.object({ fold: z.int() }),
  outputs: { score: json<number>() },
  run: () => ({ score: 0 }),
})
const average = step({ name: 'average', inputs: { scores: list(json<number>()) }, run: () => {} })
const noop = step({ name: 'noop', run: () => {} })
const may = step({ name: 'may', inputs: { words: optional(text()) }, run: () => {} })
const decide = step({ name: 'decide', outputs: { go: json<boolean>() }, run: () => ({ go: true }) })

test('what is not said of a step is not in the snapshot, so that its digest stays', () => {
  const plain = step({ name: 'noop', retry: { attempts: 1 }, cache: false, isolation: 'none', run: () => {} })
  expect(stepsOf(() => plain())).toEqual([{ name: 'noop', inputs: {}, outputs: {}, parameters: {} }])
})

test('settings of a step stand in the snapshot, defaults filled in; a call may set them anew', () => {
  const set = step({ name: 'set', retry: { attempts: 3 }, timeoutMs: 5, cache: true, run: () => {} })
  const [own, called] = stepsOf(() => {
    set()
    set({ name: 'again', retry: { attempts: 2, delayMs: 0 }, cache: false, isolation: 'process' })
  })
  const retry = { attempts: 3, delayMs: 1_000, factor: 2, maxDelayMs: 60_000 }
  expect(own).toMatchObject({ retry, timeoutMs: 5, cache: true })
  expect(called).toEqual({
    ...{ name: 'again', inputs: {}, outputs: {}, parameters: {} },
    retry: { attempts: 2, delayMs: 0, factor: 2, maxDelayMs: 60_000 },
    timeoutMs: 5,
    isolation: 'process',
  })
})

test('a step waits for outputs and for steps that make nothing, and asks a condition', () => {
  const steps = stepsOf(() => {
    const first = noop()
    const { go } = decide()
    noop({ name: 'last', after: [first, go, first], when: go })
  })
  expect(steps.at(-1)).toMatchObject({ after: ['noop', 'decide'], when: { step: 'decide', output: 'go' } })
})

test('an optional input is left out, or says that the step does without it', () => {
  const say = step({ name: 'say', outputs: { words: text() }, run: () => ({ words: '' }) })
  const steps = stepsOf(() => {
    may()
    may({ name: 'does', inputs: say() })
  })
  expect(steps[0]?.inputs).toEqual({})
  expect(steps[2]?.inputs).toEqual({ words: { from: 'step', step: 'say', output: 'words', optional: true } })
})

test('names of a fan-out and of groups are made from within outwards', () => {
  const steps = stepsOf(() =>
    map(['a', 'b'], (name) => group(`of_${name}`, () => map([1, 2], (fold) => score({ params: { fold } })))),
  )
  expect(steps.map(({ name }) => name)).toEqual([
    ...['of_a_score_0_0', 'of_a_score_1_0', 'of_b_score_0_1', 'of_b_score_1_1'],
  ])
})

test('a fan-out over 10,000 items compiles to a snapshot that can be stored', () => {
  const spec = built(() => {
    const folds = Array.from({ length: 10_000 }, (_, fold) => fold)
    average({ inputs: { scores: map(folds, (fold) => score({ params: { fold } }).score) } })
  })
  expect(spec.steps).toHaveLength(10_001)
  expect(SnapshotSpec.parse(spec)).toEqual(spec)
  expect(spec.steps.at(-1)?.inputs.scores).toMatchObject({ from: 'list', items: { length: 10_000 } })
})

test('a fan-out over nothing gives an empty list', () => {
  const [only] = stepsOf(() => average({ inputs: { scores: map([], () => score({ params: { fold: 0 } }).score) } }))
  expect(SnapshotStep.parse(only).inputs).toEqual({ scores: { from: 'list', items: [] } })
})

let foreign: Ref<'json', boolean>
built(() => {
  foreign = decide().go
})

test.each<[string, () => unknown]>([
  [
    'Input "scores" of step "average" takes a list of outputs, as `map` answers with, got an object.',
    () => loose(average)({ inputs: { scores: score({ params: { fold: 1 } }).score } }),
  ],
  [
    'Item 1 of input "scores" of step "average" must be an output of an earlier step, got 5.',
    () => loose(average)({ inputs: { scores: [score({ params: { fold: 1 } }).score, 5] } }),
  ],
  [
    'Input "words" of step "may" is a text, but was given a json.',
    () => loose(may)({ inputs: { words: constant('a') } }),
  ],
  ['Item 0 of the after of step "noop" must be a step that was called earlier', () => loose(noop)({ after: ['x'] })],
  ['Item 0 of the after of step "noop" is of another build.', () => noop({ after: [foreign] })],
  ['The after of step "noop" must be a list', () => loose(noop)({ after: 'decide' })],
  ['The when of step "noop" is an output of another build.', () => noop({ when: foreign })],
  ['The when of step "noop" must be made by an earlier step.', () => noop({ when: constant(true) })],
  ['The when of step "noop" must be an output of an earlier step, got true.', () => loose(noop)({ when: true })],
  ['Step "noop" has settings that do not hold: timeoutMs', () => noop({ timeoutMs: 0 })],
  [
    'Step "noop": its retry has no setting "atempts". Did you mean "attempts"?',
    () => loose(noop)({ retry: { atempts: 3 } }),
  ],
  ['Step "noop" was called with "timeout", unknown here. Did you mean "timeoutMs"?', () => loose(noop)({ timeout: 5 })],
  ['map was given the text "abc"; it needs a list.', () => map('abc' as never, () => {})],
  ['The function given to map is async.', () => map([1], async () => noop())],
  ['A group is named the text "Bad Name"', () => group('Bad Name', () => noop())],
  ['Two steps are called "score_0"', () => [1, 2].map((fold) => map([fold], () => score({ params: { fold } })))],
  ['A constant cannot be stored: "a" is a Date', () => constant({ a: new Date() })],
])('what cannot be is refused: %s', (message, build) => {
  let error: PlatformError | undefined
  try {
    built(build)
  } catch (thrown) {
    error = thrown as PlatformError
  }
  expect(error?.code).toBe('pipeline_invalid')
  expect(error?.message).toContain(message)
})

test('a name that grew too long is refused where it is made', () => {
  const long = 'a'.repeat(60)
  expect(() => built(() => group(long, () => noop()))).toThrow('the name must be snake_case: 1 to 63')
})

test('a fan-out outside of a build says so', () => {
  expect(() => map([1], () => {})).toThrow("map was called outside of a pipeline's build")
})

test('settings that do not hold are refused where the step is written', () => {
  expect(() => step({ name: 's', retry: { attempts: 0 }, run: () => {} })).toThrow('retry.attempts')
  expect(() => step({ name: 's', isolation: 'fiber' as never, run: () => {} })).toThrow('isolation')
  expect(() => step({ name: 's', inputs: { t: list('x' as never) }, run: () => {} })).toThrow('must be an artifact')
  expect(step({ name: 's', inputs: { t: list(table()) }, run: () => {} }).definition.inputs.t).toBeDefined()
})
