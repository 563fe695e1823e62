import { Guards } from '@airlock-ml/contract'
import { expect, test } from 'vitest'
import { brokenGuard, type Watched } from './broken-guard.ts'
import { openGuardWindow, p99Ms } from './guard-window.ts'

type Side = { ok?: number; failed?: number; us?: number; yes?: number }

function seen({ ok = 0, failed = 0, us = 1_000, yes = 0 }: Side = {}) {
  const window = openGuardWindow({ windowMs: 60_000, now: () => new Date(0) })
  window.failed(failed)
  const labels = Array.from({ length: ok }, (_, row) => (row < yes ? 'yes' : 'no'))
  window.answered({ rows: ok, labels, latencyUs: labels.map(() => us) })
  return window.seen()
}
const watched = (champion: Side, challenger: Side, more: Partial<Watched> = {}): Watched => ({
  ...{ mode: 'canary', minutes: 1, pairs: { other: 0, of: 0 }, drifting: [], ...more },
  ...{ champion: seen(champion), challenger: seen(challenger) },
})
const guards = (change: Partial<Guards> = {}) => Guards.parse({ ...change })

test.each<[string, Partial<Guards>, Watched, string | null]>([
  ['one failure of three rows', {}, watched({}, { ok: 2, failed: 1 }), null],
  ['every tenth of a thousand rows', {}, watched({}, { ok: 900, failed: 100 }), 'It failed on 100 of 1000 rows'],
  ['failures that are let be', { errorRate: null }, watched({}, { ok: 900, failed: 100 }), null],
  ['a p99 of four times', {}, watched({ ok: 600, us: 5_000 }, { ok: 600, us: 20_000 }), 'Its p99 is'],
  ['four times next to nothing', {}, watched({ ok: 600, us: 500 }, { ok: 600, us: 2_000 }), null],
  ['a p99 of few rows', {}, watched({ ok: 600, us: 5_000 }, { ok: 100, us: 20_000 }), null],
  ['a slow shadow', {}, watched({ ok: 600, us: 5_000 }, { ok: 600, us: 90_000 }, { mode: 'shadow' }), null],
  [
    'other labels',
    { disagreement: 0.1 },
    watched({ ok: 1_000, yes: 200 }, { ok: 1_000, yes: 400 }),
    'It says yes of 40 %, the champion of 20 %; 10 % apart is the most.',
  ],
  ['the same labels', { disagreement: 0.1 }, watched({ ok: 1_000, yes: 200 }, { ok: 1_000, yes: 220 }), null],
  [
    'a shadow that says otherwise',
    { disagreement: 0.1 },
    watched({}, {}, { mode: 'shadow', pairs: { other: 200, of: 1_000 } }),
    'It says otherwise than the champion on 200 of 1000 rows; 10 % is the most.',
  ],
  ['drift that nobody asked about', {}, watched({}, {}, { drifting: ['psi of age'] }), null],
  ['drift of its own', { drift: true }, watched({}, {}, { drifting: ['psi of age'] }), 'is: psi of age.'],
  ['no drift', { drift: true }, watched({}, {}), null],
  ['too long', { maxMinutes: 5 }, watched({}, {}, { minutes: 6 }), 'more than the 5 minutes'],
  ['not yet too long', { maxMinutes: 5 }, watched({}, {}, { minutes: 4 }), null],
])('%s: %o', (_, change, given, reason) => {
  const found = brokenGuard(guards(change), given)
  if (reason === null) expect(found).toBeNull()
  else expect(found).toContain(reason)
})

test('a window forgets what is older', () => {
  let at = 0
  const window = openGuardWindow({ windowMs: 60_000, now: () => new Date(at) })
  const answered = (us: number) => window.answered({ rows: 1, labels: ['no'], latencyUs: [us] })
  answered(900_000)
  at = 30_000
  answered(1_000)
  window.failed(2)
  expect(window.seen()).toMatchObject({ answered: 2, failed: 2 })
  expect(p99Ms(window.seen())).toBeCloseTo(900, -2)
  at = 60_000
  expect(window.seen()).toMatchObject({ answered: 1, failed: 2 })
  expect(p99Ms(window.seen())).toBeCloseTo(1, 1)
  at = 200_000
  expect(window.seen()).toMatchObject({ answered: 0, failed: 0 })
})
