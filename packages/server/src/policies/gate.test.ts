import type { Evidence, Gate } from '@airlock-ml/contract'
import { expect, test } from 'vitest'
import { askGate, parseGate } from './gate.ts'

const gate = (expression: string, grade: Gate['grade'] = 'asserted'): Gate => ({
  name: 'a_gate',
  expression,
  grade,
  message: 'It fails.',
  remedy: 'Mend it.',
})
const evidence: Evidence = {
  metrics: { grade: 'recomputed', value: { accuracy: 0.96, rows: 120 } },
  git: { grade: 'asserted', value: { commit: 'abc', dirty: false } },
  run: { grade: 'witnessed', value: { hooks: [{ name: 'announce', outcome: 'done' }] } },
}
const ask = (expression: string, grade?: Gate['grade']) =>
  askGate(parseGate(gate(expression, grade)), evidence, new Date('2026-01-02T00:00:00Z'))

test.each([
  ['metrics.accuracy >= 0.95', { 'metrics.accuracy': 0.96 }],
  ['metrics.rows >= 100 && !git.dirty', { 'git.dirty': false, 'metrics.rows': 120 }],
  ['metrics["accuracy"] > 0.5', { 'metrics.accuracy': 0.96 }],
  ['now - timestamp("2026-01-01T00:00:00Z") >= duration("24h") && !git.dirty', { 'git.dirty': false }],
  ['run.hooks.all(hook, hook.outcome == "done")', { 'run.hooks': [{ name: 'announce', outcome: 'done' }] }],
])('%s passes and shows what it saw', (expression, values) => {
  expect(ask(expression)).toMatchObject({ verdict: 'passed', values, message: null, remedy: null })
})

test.each([
  ['metrics.accuracy >= 0.97', 'It fails.'],
  ['metrics.nonesuch > 0.5', 'No such key: nonesuch'],
  ['metrics.accuracy > "high"', 'no such overload'],
  ['data.rows > 1', 'there is no evidence data'],
])('%s fails and says why', (expression, why) => {
  const verdict = ask(expression)
  expect(verdict).toMatchObject({ verdict: 'failed', remedy: 'Mend it.' })
  expect(verdict.message).toContain(why)
})

test('a gate takes no evidence below its grade', () => {
  expect(ask('git.dirty == false', 'recomputed')).toMatchObject({
    verdict: 'failed',
    message: 'It fails. (git is asserted, and the gate takes recomputed or better)',
  })
  expect(ask('metrics.accuracy > 0.5', 'recomputed').verdict).toBe('passed')
  expect(ask('run.hooks.size() == 1', 'witnessed').verdict).toBe('passed')
})

test.each([
  ['metrics.accuracy >=', /unexpected|expected/i],
  ['metric.accuracy > 0.5', /Unknown variable: metric/],
  ['metrics.accuracy', /gives dyn, not true or false/],
  ['1 < 2', /reads no evidence/],
  ['now > timestamp("2020-01-01T00:00:00Z")', /reads no evidence/],
  ['metrics == metrics', /true on empty evidence/],
  ['!has(metrics.leak)', /true on empty evidence/],
  [`"${'a'.repeat(44)}!".matches("(a+)+$") || metrics.accuracy > 0.1`, /calls matches/],
  ['[1,2].all(a, [1,2].all(b, [1,2].all(c, metrics.accuracy > 0.1)))', /more than 2 deep/],
  [`[${'1,'.repeat(200)}1].all(a, metrics.accuracy > 0.1)`, /list/i],
  [`${'('.repeat(200)}metrics.accuracy > 0.5${')'.repeat(200)}`, /depth/i],
])('%s cannot be applied', (expression, flaw) => {
  expect(parseGate(gate(expression)).flaw).toMatch(flaw)
  expect(ask(expression).verdict).toBe('failed')
})

test('a name of the evidence that is a name of JavaScript is only a missing key', () => {
  expect(ask('metrics.constructor == 1')).toMatchObject({ verdict: 'failed', values: { 'metrics.constructor': null } })
  expect(ask('metrics.__proto__ == 1')).toMatchObject({ verdict: 'failed', values: { 'metrics.__proto__': null } })
})
