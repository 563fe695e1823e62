import { type Evidence, type Freeze, PolicySpec } from '@airlock-ml/contract'
import { expect, test } from 'vitest'
import { askCalendar } from './calendar.ts'

const gate = { name: 'a', expression: 'metrics.a > 1', message: 'm', remedy: 'r' }
const policy = (more: object) => PolicySpec.parse({ name: 'p', stage: 'production', gates: [gate], ...more })
const ask = (more: object, now: string, evidence: Evidence = {}) =>
  askCalendar(policy(more), evidence, new Date(now)).map(({ verdict }) => verdict)

const yearEnd: Freeze = {
  name: 'year_end',
  timezone: 'Europe/Zurich',
  message: 'The books are being closed.',
  from: '2026-12-20T18:00',
  to: '2027-01-04T08:00',
}
const fridays: Freeze = {
  name: 'fridays',
  timezone: 'America/New_York',
  message: 'Not before a weekend.',
  weekdays: ['fri'],
  between: ['16:00', '24:00'],
}

test.each([
  ['2026-12-20T16:59:59Z', 'passed'],
  ['2026-12-20T17:00:00Z', 'failed'],
  ['2027-01-04T06:59:00Z', 'failed'],
  ['2027-01-04T07:00:00Z', 'passed'],
])('a freeze counts in its own time zone: at %s it has %s', (now, verdict) => {
  expect(ask({ freeze: [yearEnd] }, now)).toEqual([verdict])
})

test.each([
  ['2026-07-03T19:59:00Z', 'passed', 'Friday 15:59 in summer time'],
  ['2026-07-03T20:00:00Z', 'failed', 'Friday 16:00 in summer time'],
  ['2026-12-04T20:59:00Z', 'passed', 'Friday 15:59 in winter time'],
  ['2026-12-05T04:59:00Z', 'failed', 'Friday 23:59, already Saturday in UTC'],
  ['2026-12-05T05:00:00Z', 'passed', 'Saturday'],
])('a weekly freeze at %s has %s: %s', (now, verdict) => {
  expect(ask({ freeze: [fridays] }, now)).toEqual([verdict])
})

test('a freeze says why, when it is, and what to do', () => {
  const [verdict] = askCalendar(policy({ freeze: [yearEnd] }), {}, new Date('2026-12-24T12:00:00Z'))
  expect(verdict).toMatchObject({
    name: 'freeze_year_end',
    message: 'The books are being closed.',
    values: { now: '2026-12-24T13:00 Europe/Zurich' },
    remedy: 'Request it again outside of 2026-12-20T18:00 to 2027-01-04T08:00 (Europe/Zurich).',
  })
})

test('soak time is counted from when it got staging; what never had it has not soaked', () => {
  const staged = (at: string | null): Evidence => ({ source: { grade: 'asserted', value: { staged_at: at } } })
  expect(ask({ soak: '24h' }, '2026-01-02T00:00:00Z', staged('2026-01-01T00:00:00Z'))).toEqual(['passed'])
  expect(ask({ soak: '24h' }, '2026-01-01T23:59:59Z', staged('2026-01-01T00:00:00Z'))).toEqual(['failed'])
  expect(ask({ soak: '24h' }, '2026-01-02T00:00:00Z', staged(null))).toEqual(['failed'])
  expect(ask({ soak: '24h' }, '2026-01-02T00:00:00Z')).toEqual(['failed'])
})

test.each([
  [{ freeze: [{ ...yearEnd, timezone: 'Mars/Olympus' }] }],
  [{ freeze: [{ ...yearEnd, from: '2026-12-20' }] }],
  [{ freeze: [{ ...fridays, between: ['16:00', '25:00'] }] }],
  [{ freeze: [{ ...fridays, weekdays: [] }] }],
  [{ soak: '1 day' }],
  [{ soak: '0h' }],
])('a calendar that nobody could keep is refused: %j', (more) => {
  expect(() => policy(more)).toThrow()
})
