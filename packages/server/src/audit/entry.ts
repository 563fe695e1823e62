import { canonicalText } from '@airlock-ml/bundle'
import type { AuditEvent } from '@airlock-ml/contract'

/** An event as its leaf is hashed: canonical JSON. */
export function entryOf(event: AuditEvent): string {
  try {
    const entry = inOrder(event)
    if (!entry.includes(ESCAPED_SURROGATE)) return entry
  } catch {
    // Its details hold what has no UTF-8.
  }
  // Half a surrogate pair has no UTF-8, and a stranger's string must not be able to keep an event out of the log.
  return canonicalText(wellFormed(event))
}

const ESCAPED_SURROGATE = '\\ud'

/** The keys of an event are known, so they are written in their order: to sort them takes longer than all the rest. */
function inOrder({ actor, after, at, before, subject, ...event }: AuditEvent): string {
  const { id, outcome, project, reason, requestId, sequence, type } = event
  const { apiKeyId, identityId, kind, name, person, signedInBy } = actor
  const who = JSON.stringify({ apiKeyId, identityId, kind, name, person, signedInBy })
  const what = { digest: subject.digest, id: subject.id, kind: subject.kind }
  const rest = JSON.stringify({ id, outcome, project, reason, requestId, sequence, subject: what, type })
  return `{"actor":${who},"after":${canonicalText(after)},"at":"${at}","before":${canonicalText(before)},${rest.slice(1)}`
}

const wellFormed = (event: AuditEvent): AuditEvent =>
  JSON.parse(JSON.stringify(event), (_, value: unknown) =>
    typeof value === 'string' ? value.toWellFormed() : value,
  ) as AuditEvent
