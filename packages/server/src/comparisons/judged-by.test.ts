import { digestOf } from '@airlock-ml/bundle'
import { ComparisonDefinition, type JudgedBy, type RegisteredComparison } from '@airlock-ml/contract'
import { expect, test } from 'vitest'
import { definitionOfTrial, judgedByClaim, judgedByRun } from './judged-by.ts'

const model = 'risk'
const day = (of: number) => `2026-05-${String(of).padStart(2, '0')}T12:00:00.000Z`
const define = (margin: number, name = 'live-quality') =>
  ComparisonDefinition.parse({ name, model, positive: 'yes', margins: { accuracy: margin } })
const registered = (version: number, spec: ComparisonDefinition, appliedAt: string): RegisteredComparison => ({
  ...{ project: 'p', name: spec.name, version, digest: digestOf(spec), spec, appliedBy: 'ada', appliedAt },
})
const [first, second] = [define(0.05), define(0.1)]
/** What is declared first comes back as version 3. */
const all = [registered(1, first, day(1)), registered(2, second, day(5)), registered(3, first, day(9))]

test.each([
  ['in force when the challenger was trained', first, day(2), { version: 1, beforehand: true }],
  ['registered after it was trained', second, day(2), { version: 2, beforehand: false }],
  ['one that another had replaced by then', first, day(6), { version: 3, beforehand: false }],
  ['one that came back before it was trained', first, day(10), { version: 3, beforehand: true }],
  ['registered by nobody', define(0.2), day(2), { registered: false, version: null, beforehand: false }],
])('a run judged by a definition %s says so', (_, definition, trainedAt, known) => {
  expect(judgedByRun(all, { model, definition, trainedAt })).toMatchObject({
    ...{ name: 'live-quality', digest: digestOf(definition), registered: true, latest: 3, ...known },
  })
})

test('what a run names no definition of, or one of another model, is not registered', () => {
  expect(judgedByRun(all, { model, definition: undefined, trainedAt: day(2) })).toEqual({
    ...{ name: null, digest: null, registered: false, version: null },
    ...{ registeredAt: null, latest: null, beforehand: false },
  })
  expect(judgedByRun(all, { model: 'price', definition: first, trainedAt: day(2) })).toMatchObject({
    ...{ registered: false, latest: null },
  })
})

const trial = (begunAt: string, { named = null, wanted }: { named?: string | null; wanted?: string } = {}) =>
  definitionOfTrial(all, { model, wanted, named, begunAt })

test('what was answered is judged by the version that held when it began, and a newer one is named', () => {
  const { definition, judgedBy } = trial(day(6))
  expect(definition.margins).toEqual({ accuracy: 0.1 })
  expect(judgedBy).toEqual({
    ...{ name: 'live-quality', digest: digestOf(second), registered: true, version: 2 },
    ...{ registeredAt: day(5), latest: 3, beforehand: true },
  })
})

test('where none held when it began the first since judges, and was not chosen beforehand', () => {
  const before = '2026-04-30T12:00:00.000Z'
  expect(trial(before)).toMatchObject({ definition: first, judgedBy: { version: 1, beforehand: false } })
})

test('the definition is the one named when it began, else the only one of the model', () => {
  const lax = registered(1, define(0.3, 'lax'), day(3))
  const two = [...all, lax].sort((a, b) => (a.appliedAt < b.appliedAt ? -1 : 1))
  const of = (begunAt: string, over: { named?: string; wanted?: string } = {}) =>
    definitionOfTrial(two, { model, wanted: undefined, named: null, begunAt, ...over }).judgedBy
  expect(of(day(2))).toMatchObject({ name: 'live-quality', version: 1, beforehand: true })
  expect(() => of(day(4))).toThrow('Several comparisons are registered for risk: live-quality, lax. Name one.')
  expect(of(day(4), { named: 'lax' })).toMatchObject({ name: 'lax', beforehand: true })
  // Which of two judges was chosen when there was something to look at.
  expect(of(day(4), { wanted: 'lax' })).toMatchObject({ name: 'lax', version: 1, beforehand: false })
  expect(of(day(4), { named: 'live-quality', wanted: 'lax' })).toMatchObject({ name: 'lax', beforehand: false })
})

test('without a registered definition, or under a name that is none, nothing is judged', () => {
  const code = 'comparison_not_registered'
  expect(() => trial(day(2), { wanted: 'live-qualty' })).toThrowError(
    expect.objectContaining({ code, message: expect.stringContaining('Did you mean "live-quality"?') }),
  )
  expect(() => definitionOfTrial([], { model, wanted: undefined, named: null, begunAt: day(2) })).toThrowError(
    expect.objectContaining({ code }),
  )
})

test('what a bundle says of its definition counts by what is registered here', () => {
  const claimed: JudgedBy = {
    ...{ name: 'live-quality', digest: digestOf(second), registered: true, version: 7 },
    ...{ registeredAt: day(1), latest: 7, beforehand: true },
  }
  const here = (comparedAt: string, over: Partial<JudgedBy> = {}) =>
    judgedByClaim(all, { model, claimed: { ...claimed, ...over }, comparedAt })
  expect(here(day(6))).toMatchObject({ registered: true, version: 2, registeredAt: day(5), beforehand: true })
  expect(here(day(2))).toMatchObject({ registered: true, version: 2, beforehand: false })
  expect(here(day(6), { beforehand: false })).toMatchObject({ beforehand: false })
  expect(here(day(6), { digest: 'e'.repeat(64) })).toMatchObject({ registered: false, version: null, latest: 3 })
})
