/** The part of the catalogue about people who decide: their keys and what they sign. */
export const decidingErrors = {
  decision_key_exists: {
    status: 403,
    title: 'Nobody replaces their own decision key',
    remedy:
      'Use the key that is registered, from the machine that holds it. If it is lost, a second person with the right `identity:write` revokes it with `airlock decision-key revoke FINGERPRINT`; then sign in again.',
  },
  decision_key_missing: {
    status: 403,
    title: 'The person has no decision key',
    remedy: 'Make and register one: `airlock login WORKSPACE --as NAME`.',
  },
  decision_key_not_found: { status: 404, title: 'No such decision key', remedy: 'See `airlock decision-key list`.' },
  decision_key_taken: {
    status: 403,
    title: 'The decision key is known already',
    remedy: 'Make a new key; one that was registered once, for anybody, is never registered again.',
  },
  recovery_refused: {
    status: 403,
    title: 'No admin needs to be recovered',
    remedy:
      'Where two admins can sign, one of them changes what is to be changed and the other approves it: `airlock change list`. Before four eyes are in force one admin is enough.',
  },
  decision_signature_invalid: {
    status: 403,
    title: 'Not signed with the decision key',
    remedy:
      'Decide with `airlock`, as the person and from the machine that holds the key; it signs exactly what is decided.',
  },
} as const satisfies Record<string, { status: number; title: string; remedy: string }>
