import { type Freeze, PolicySpec } from '@airlock-ml/contract'
import { expect, test } from 'vitest'
import { loosens } from './loosens.ts'

const gate = { name: 'accuracy', expression: 'metrics.accuracy >= 0.9', grade: 'witnessed', message: 'm', remedy: 'r' }
const yearEnd = {
  name: 'year_end',
  timezone: 'Europe/Zurich',
  message: 'm',
  from: '2026-12-20T00:00',
  to: '2027-01-03T00:00',
}
const nights = {
  name: 'nights',
  timezone: 'Europe/Zurich',
  message: 'm',
  weekdays: ['mon', 'tue'],
  between: ['18:00', '24:00'],
}
const base = {
  name: 'production',
  stage: 'production',
  gates: [gate],
  approvals: { required: 2, roles: ['approver'], expires_after: '24h' },
  freeze: [yearEnd, nights],
  soak: '24h',
}
const other = { ...gate, name: 'recall', expression: 'metrics.recall >= 0.9' }
const parse = (change: object) => PolicySpec.parse({ ...base, ...change })
const { expires_after: _, ...unending } = base.approvals
const { soak: __, ...unsoaked } = base

test.each<[string, object]>([
  ['nothing', {}],
  ['another name', { name: 'gatekeeper' }],
  ['one more gate', { gates: [other, gate] }],
  ['a higher least grade', { gates: [{ ...gate, grade: 'recomputed' }] }],
  ['one more approval', { approvals: { ...base.approvals, required: 3 } }],
  ['approvals that end sooner', { approvals: { ...base.approvals, expires_after: '60m' } }],
  [
    'one more freeze window',
    { freeze: [...base.freeze, { ...yearEnd, name: 'x', from: '2027-06-01T00:00', to: '2027-06-02T00:00' }] },
  ],
  [
    'a longer freeze window',
    {
      freeze: [
        { ...yearEnd, from: '2026-12-01T00:00' },
        { ...nights, weekdays: ['mon', 'tue', 'wed'], between: ['12:00', '24:00'] },
      ],
    },
  ],
  ['requests of one job only', { requested_by: { environment: 'production' } }],
  ['a longer soak, in another unit', { soak: '2d' }],
  ['less drift of a batch', { monitoring: { psi: { warn: 0.1, breach: 0.15 }, ks: { warn: 0.1, breach: 0.2 } } }],
  ['smaller batches that are judged', { monitoring: { min_rows: 50 } }],
])('%s does not loosen', (_, change) => {
  expect(loosens(parse({}), parse(change))).toBe(false)
})

test.each<[string, object]>([
  ['more drift of a batch', { monitoring: { psi: { warn: 0.1, breach: 0.3 } } }],
  ['a measure of drift less', { monitoring: { shift: null } }],
  ['one approval fewer', { approvals: { ...base.approvals, required: 1 } }],
  ['another role', { approvals: { ...base.approvals, roles: ['ml-engineer'] } }],
  ['one more role', { approvals: { ...base.approvals, roles: ['approver', 'ml-engineer'] } }],
  ['approvals that last longer', { approvals: { ...base.approvals, expires_after: '25h' } }],
  ['approvals that never end', { approvals: unending }],
  ['a gate that is gone', { gates: [other] }],
  ['a gate with another expression', { gates: [{ ...gate, expression: 'metrics.accuracy >= 0.91' }] }],
  ['a gate with other words', { gates: [{ ...gate, message: 'Never mind.' }] }],
  ['a lower least grade', { gates: [{ ...gate, grade: 'asserted' }] }],
  ['no freeze', { freeze: [] }],
  ['a freeze that begins later', { freeze: [{ ...yearEnd, from: '2026-12-21T00:00' }, nights] }],
  ['a freeze that ends earlier', { freeze: [{ ...yearEnd, to: '2027-01-02T23:59' }, nights] }],
  ['a freeze in another time zone', { freeze: [{ ...yearEnd, timezone: 'UTC' }, nights] }],
  ['a freeze on fewer days', { freeze: [yearEnd, { ...nights, weekdays: ['mon'] }] }],
  ['a freeze of fewer hours', { freeze: [yearEnd, { ...nights, between: ['19:00', '24:00'] }] }],
  ['a shorter soak', { soak: '23h' }],
])('%s loosens', (_, change) => {
  expect(loosens(parse({}), parse(change))).toBe(true)
})

test('taking the soak away loosens, and so does one good thing for one bad', () => {
  expect(loosens(parse({}), PolicySpec.parse(unsoaked))).toBe(true)
  const swapped = parse({ gates: [gate, other], approvals: { ...base.approvals, required: 0 } })
  expect(loosens(parse({}), swapped)).toBe(true)
})

test('requests of another job loosen, and so do those of anybody', () => {
  const bound = parse({ requested_by: { environment: 'production' } })
  expect(loosens(bound, parse({ requested_by: { environment: 'test' } }))).toBe(true)
  expect(loosens(bound, parse({}))).toBe(true)
  expect(loosens(bound, bound)).toBe(false)
})

test('the first policy of a stage loosens: without one nothing enters', () => {
  expect(loosens(null, parse({}))).toBe(true)
})

test('what is not known loosens, whichever way it changes', () => {
  const future = { ...parse({}), quorum: 'all' } as PolicySpec
  expect(loosens(parse({}), future)).toBe(true)
  expect(loosens(future, parse({}))).toBe(true)
  expect(loosens(future, future)).toBe(false)
})

test('two windows do not cover one together, since nobody has proved that they do', () => {
  const halves: Freeze[] = [
    { ...yearEnd, to: '2026-12-25T00:00' },
    { ...yearEnd, name: 'b', from: '2026-12-25T00:00' },
  ]
  expect(loosens(parse({}), parse({ freeze: [...halves, nights] }))).toBe(true)
})
