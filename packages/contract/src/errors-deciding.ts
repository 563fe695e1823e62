/** The part of the catalogue about people who decide: what waits for them, their keys and what they sign. */
export const decidingErrors = {
  change_by_requester: {
    status: 403,
    title: 'Whoever asked for a change may not approve it',
    remedy: 'Ask another platform-admin; a service account counts as its owner, and a key as whoever made it.',
  },
  change_ended: {
    status: 409,
    title: 'The change request has ended',
    remedy: 'Look at it with `airlock change show ID`. If it is still wanted, ask for the same again.',
  },
  change_not_found: { status: 404, title: 'No such change request', remedy: 'See `airlock change list`.' },
  change_outdated: {
    status: 409,
    title: 'What the change request was based on has changed',
    remedy: 'Nothing was changed. Ask for the same again; it is then compared with what is there now.',
  },
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
