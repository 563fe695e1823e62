import { canonicalText } from '@airlock-ml/bundle'
import type { AuditEvent, Json } from '@airlock-ml/contract'
import { expect, test } from 'vitest'
import { entryOf } from './entry.ts'

const event: AuditEvent = {
  sequence: 7,
  id: '019aae3f-0000-7000-8000-000000000000',
  at: '2026-11-24T13:00:00.000Z',
  type: 'promotion.approved',
  // Not in the order of the alphabet.
  actor: { person: 'ann "a"', name: 'ann\n', kind: 'user', identityId: null, apiKeyId: 'k€y😀', signedInBy: 'token' },
  project: null,
  subject: { kind: 'promotion', id: 'é\u2028\\', digest: null },
  outcome: 'done',
  before: null,
  after: null,
  reason: 'because \ud83d\ude00',
  requestId: null,
}

test('an entry is the canonical JSON of its event, whatever the details hold', () => {
  const details: Json[] = [null, 'a', 0, [], {}, { 10: 1, 2: [{ b: -0, a: 1e21 }], '\ufb33': '\u0080', '': null }]
  for (const before of details)
    for (const after of details) {
      const each = { ...event, before, after }
      expect(entryOf(each)).toBe(canonicalText(each))
    }
  const escaped = { ...event, reason: 'the text \\ud800, which is well-formed' }
  expect(entryOf(escaped)).toBe(canonicalText(escaped))
})

test('half a surrogate pair is replaced wherever it stands, and keeps no event out of the log', () => {
  const half = 'half \ud800'
  const whole = 'half \ufffd'
  expect(entryOf({ ...event, reason: half })).toBe(canonicalText({ ...event, reason: whole }))
  expect(entryOf({ ...event, after: { a: [half] } })).toBe(canonicalText({ ...event, after: { a: [whole] } }))
  expect(entryOf({ ...event, actor: { ...event.actor, name: half } })).toBe(
    canonicalText({ ...event, actor: { ...event.actor, name: whole } }),
  )
})
