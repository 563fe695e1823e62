/** The part of the catalogue that any request can meet, and about the server and database that take it. */
export const requestErrors = {
  request_invalid: {
    status: 400,
    title: 'The request is not valid',
    remedy: 'Correct the fields listed in `details` and send it again.',
  },
  unauthenticated: {
    status: 401,
    title: 'No valid API key',
    remedy:
      'Sign in with `airlock login WORKSPACE`, or send `Authorization: Bearer KEY` with a key that is neither revoked nor expired.',
  },
  forbidden: {
    status: 403,
    title: 'Not allowed',
    remedy:
      'Ask a platform-admin for one of the roles named in `details`, or use an identity that has it with `--as NAME`.',
  },
  method_not_allowed: {
    status: 405,
    title: 'The path does not take this method',
    remedy: 'Use a method of the header `Allow`; see `/openapi.json` for the routes.',
  },
  route_not_found: { status: 404, title: 'No such route', remedy: 'See `/openapi.json` for the routes.' },
  body_too_large: {
    status: 413,
    title: 'The body is too large',
    remedy: 'Send at most the size named in `details`; bytes of artifacts go to `PUT …/blobs/{sha256}`.',
  },
  idempotency_key_reused: {
    status: 422,
    title: 'The Idempotency-Key was used for another request',
    remedy: 'Use a new key for a new request.',
  },
  database_busy: {
    status: 503,
    title: 'The database is busy',
    remedy: 'Nothing was changed. Run the same command again.',
  },
  database_full: {
    status: 507,
    title: 'There is no space left for the database',
    remedy:
      'Nothing was half written. Make room on the disk of the file that is named, then run the same command again.',
  },
  database_unusable: {
    status: 500,
    title: 'The database cannot be read or written',
    remedy:
      'Check that the file that is named is there, is whole and may be written, and its disk is sound; else restore it from a backup.',
  },
  server_draining: {
    status: 503,
    title: 'The server is stopping',
    remedy: 'Nothing was changed. Run the same command again in a moment.',
  },
  internal: {
    status: 500,
    title: 'The server failed',
    remedy:
      'Nothing was half done. Run the same command again. If it fails again: `airlock up` prints what happened under the request id; where nobody serves the workspace, AIRLOCK_DEBUG=1 before the command prints it.',
  },
  workspace_unreachable: {
    status: 503,
    title: 'The workspace does not answer',
    remedy: 'Check the address in `airlock.config.ts` and that the server runs, then run the same command again.',
  },
  workspace_not_found: {
    status: 404,
    title: 'No such workspace',
    remedy: 'Make it with `airlock init`, or name one of `airlock workspace list`.',
  },
  schema_too_new: {
    status: 500,
    title: 'The database was written by a newer Airlock',
    remedy: 'Use that version of Airlock or a later one.',
  },
} as const satisfies Record<string, { status: number; title: string; remedy: string }>
