/** The part of the catalogue about identities, their keys, trust, and the log of what they did. */
export const identityErrors = {
  identity_exists: {
    status: 409,
    title: 'The name is taken',
    remedy: 'Choose another name; users and service accounts share one list.',
  },
  identity_not_found: {
    status: 404,
    title: 'No such user or service account',
    remedy: 'See `airlock user list` and `airlock service-account list`.',
  },
  identity_disabled: { status: 409, title: 'The identity is disabled', remedy: 'Use another identity.' },
  last_admin: {
    status: 409,
    title: 'The last platform-admin must stay',
    remedy: 'Give somebody else the role platform-admin on `*` first.',
  },
  api_key_not_found: { status: 404, title: 'No such API key', remedy: 'See `airlock api-key list`.' },
  federation_rule_not_found: {
    status: 404,
    title: 'No such federation rule',
    remedy: 'See `airlock federation list`.',
  },
  federation_rule_invalid: {
    status: 422,
    title: 'The federation rule is not safe',
    remedy: 'Bind it to claims that nobody can take over, as `details` says.',
  },
  federation_token_refused: {
    status: 401,
    title: 'The token is not accepted',
    remedy:
      'Ask a platform-admin to compare the claims of the job with `airlock federation list`; get a fresh token for each exchange.',
  },
  federation_issuer_unreachable: {
    status: 503,
    title: 'The issuer of the token does not answer',
    remedy: 'Nothing was changed. Run the same command again in a moment.',
  },
  sign_in_refused: {
    status: 401,
    title: 'The name or the password is wrong',
    remedy:
      'Try again. Who has no password, or has forgotten it, asks a platform-admin for one: `airlock user set-password NAME`.',
  },
  sign_in_busy: {
    status: 503,
    title: 'Too many people sign in at once',
    remedy: 'Nothing was changed. Run the same command again in a moment.',
  },
  public_key_invalid: {
    status: 400,
    title: 'Not a usable public key',
    remedy: 'Give an ECDSA P-256 public key as SPKI PEM, as `airlock workspace show NAME --json` prints it.',
  },
  trusted_key_exists: { status: 409, title: 'The key is known already', remedy: 'See `airlock trust list`.' },
  trusted_key_not_found: { status: 404, title: 'No such trusted key', remedy: 'See `airlock trust list`.' },
  signing_key_rotated: {
    status: 409,
    title: 'The signing key was rotated meanwhile',
    remedy: 'See `airlock workspace show`: it has a new key already.',
  },
  audit_event_not_found: { status: 404, title: 'No such audit event', remedy: 'See `airlock audit list`.' },
  audit_log_invalid: {
    status: 422,
    title: 'The audit log does not verify',
    remedy:
      'Keep what was checked as it is. Fetch another export and what the witness keeps, and find out who could change it.',
  },
} as const satisfies Record<string, { status: number; title: string; remedy: string }>
