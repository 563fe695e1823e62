import { answeringErrors } from './errors-answering.ts'
import { decidingErrors } from './errors-deciding.ts'
import { localErrors } from './errors-local.ts'
import { modelErrors } from './errors-models.ts'
import { servingErrors } from './errors-serving.ts'

/**
 * Every error the platform can send. A code is permanent. `title` says what kind of thing happened, the error's own
 * message what happened this time and why, `remedy` what the reader does next. Server, client, OpenAPI and docs read it.
 */
export const errors = {
  // The request
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

  // Identity and trust
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

  // Projects, stacks, pipelines, runs
  project_exists: { status: 409, title: 'The project exists', remedy: 'Use it, or choose another name.' },
  project_not_found: { status: 404, title: 'No such project', remedy: 'See `airlock project list`.' },
  stack_not_found: { status: 404, title: 'No such stack', remedy: 'See `airlock stack list`.' },
  stack_invalid: {
    status: 422,
    title: 'The stack does not hold together',
    remedy: 'Correct what `details` names and apply it again. Nothing was changed.',
  },
  flavor_not_built: {
    status: 422,
    title: 'That flavor is planned and not built yet',
    remedy: 'Use a flavor named in `details` until it is there.',
  },
  flavor_unknown: { status: 400, title: 'No such flavor', remedy: 'Use a flavor named in `details`.' },
  pipeline_not_found: { status: 404, title: 'No such pipeline', remedy: 'See `airlock pipeline list`.' },
  pipeline_is_served: {
    status: 409,
    title: 'The pipeline is served, not run',
    remedy: 'Deploy it: `airlock deployment create --pipeline NAME --name DEPLOYMENT`.',
  },
  snapshot_not_found: { status: 404, title: 'No such snapshot', remedy: 'See `airlock snapshot list`.' },
  snapshot_invalid: {
    status: 422,
    title: 'The snapshot does not hold together',
    remedy: 'Correct what `details` names and compile the pipeline again.',
  },
  snapshot_code_differs: {
    status: 409,
    title: 'The code at hand is not what the snapshot was compiled from',
    remedy:
      'Bring that code back, as with `git checkout COMMIT`, or start a new run with `airlock run PIPELINE`. Nothing was run.',
  },
  run_not_found: { status: 404, title: 'No such run', remedy: 'See `airlock run list`.' },
  run_lease_lost: {
    status: 409,
    title: 'The run is no longer held by this process',
    remedy: 'Start the run again; this one is recorded as lost.',
  },
  run_not_running: { status: 409, title: 'The run has ended', remedy: 'Start a new run.' },
  run_not_retryable: {
    status: 409,
    title: 'The run cannot be retried',
    remedy: 'Start a new run of the pipeline with `airlock run PIPELINE`.',
  },
  run_cancel_requested: {
    status: 409,
    title: 'Somebody asked for the end of the run',
    remedy: 'Start it again with `airlock run retry RUN` if it is still wanted.',
  },
  run_incomplete: {
    status: 409,
    title: 'Steps of the run have not completed',
    remedy: 'Complete or fail the steps named in `details` first.',
  },
  step_run_not_found: { status: 404, title: 'No such step in this run', remedy: 'See `airlock run show RUN`.' },
  step_not_reusable: {
    status: 409,
    title: 'The result of the earlier step cannot be taken',
    remedy: 'Nothing to do: the step is run instead.',
  },
  step_folder_full: {
    status: 507,
    title: 'There is no space left for the files of a step',
    remedy: 'Make room on the disk of the folder that is named, or set TMPDIR to a folder on another one.',
  },
  step_conflict: { status: 409, title: 'The step is not in a state for this', remedy: 'See `airlock run show RUN`.' },

  // Policies and promotions
  policy_missing: {
    status: 409,
    title: 'No policy guards the stage, so nothing may enter it',
    remedy: 'Write one and apply it with `airlock policy apply FILE`.',
  },
  policy_invalid: {
    status: 422,
    title: 'The policy cannot be applied',
    remedy: 'Correct what `details` names and apply it again.',
  },
  policy_not_found: { status: 404, title: 'No such policy', remedy: 'See `airlock policy list`.' },
  gates_failed: {
    status: 409,
    title: 'The policy refuses the version',
    remedy: 'Each failed gate in `details` says what to do.',
  },
  approvals_required: {
    status: 409,
    title: 'The stage needs approvals',
    remedy:
      'Bring the version in with `airlock promote`, where people approve a plan, or use a stage whose policy asks for none.',
  },
  requester_not_allowed: {
    status: 403,
    title: 'The policy takes requests of one job only',
    remedy: 'Ask in the job that `details` names, after `airlock login WORKSPACE --oidc` in it.',
  },
  promotion_not_found: { status: 404, title: 'No such promotion', remedy: 'See `airlock promotion list`.' },
  promotion_ended: {
    status: 409,
    title: 'The promotion has ended',
    remedy: 'Request a new one with `airlock promote`.',
  },
  promotion_not_ready: {
    status: 409,
    title: 'The promotion has no plan to decide on yet',
    remedy: 'Wait for it with `airlock promotion wait ID`, then decide.',
  },
  promotion_approved: {
    status: 409,
    title: 'The promotion has the approvals it needs',
    remedy: 'No further approval is needed; see how the import goes with `airlock promotion wait ID`.',
  },
  plan_changed: {
    status: 409,
    title: 'The plan is not the one that was looked at',
    remedy: 'Look at it again with `airlock promotion show ID`, then decide on its new digest.',
  },
  approval_by_requester: {
    status: 403,
    title: 'Whoever asked may not approve',
    remedy: 'Ask another person who has a role that the policy names; a service account counts as its owner.',
  },
  approval_exists: { status: 409, title: 'This person has approved the plan already', remedy: 'Nothing to do.' },
  approval_role_missing: {
    status: 403,
    title: 'The policy asks for another role',
    remedy: 'Ask a person with one of the roles named in `details`.',
  },
  exchange_uri_invalid: {
    status: 400,
    title: 'Not a bundle in this exchange',
    remedy: 'Give the URI that the export printed; it must lie in the exchange of this workspace.',
  },
  exchange_unreachable: {
    status: 503,
    title: 'The exchange does not answer',
    remedy: 'Check the `exchange` of `airlock.config.ts` and run the same command again.',
  },
  export_not_possible: {
    status: 409,
    title: 'The version cannot be exported',
    remedy:
      'Only a version made by a completed run, with a model and an evaluation table, can be exported; train again.',
  },
  bundle_not_found: { status: 404, title: 'No bundle is there', remedy: 'Check the URI, or export again.' },
  bundle_invalid: {
    status: 422,
    title: 'The bundle is not whole',
    remedy: 'Nothing was imported. Export it again; if it fails again, find out who changed it.',
  },
  bundle_key_retired: {
    status: 403,
    title: 'The bundle was signed with a retired key',
    remedy:
      'Export the version again in its workspace, whose key of now will sign it: `airlock promote … --export-only`. An older bundle is taken as it is once its workspace has published the proof of its export: `airlock audit checkpoint` there.',
  },
  bundle_other_model: {
    status: 409,
    title: 'The bundle holds another model',
    remedy: 'Name the model it holds with `--model`, or give the address of a bundle of the model you mean.',
  },
  bundle_signed_by_other: {
    status: 403,
    title: 'The bundle is not signed by a key that was given',
    remedy:
      'Get the public key of the workspace that exported it from the people who run it, and give that with `--public-key FILE`; if it is the one you gave, do not use the bundle.',
  },
  bundle_untrusted: {
    status: 403,
    title: 'The bundle is not signed by a key this workspace trusts',
    remedy: 'If the source is right, a platform-admin adds its key with `airlock trust add`.',
  },
  bundle_too_new: {
    status: 422,
    title: 'The bundle was written by a newer Airlock',
    remedy: 'Upgrade this workspace, then import it again.',
  },
  bundle_replayed: {
    status: 409,
    title: 'An older bundle is not imported over a newer one',
    remedy: 'To go back, use `airlock model rollback MODEL --to-version N`.',
  },

  ...modelErrors,
  ...servingErrors,
  ...answeringErrors,
  ...decidingErrors,
  ...localErrors,
} as const satisfies Record<string, { status: number; title: string; remedy: string }>

/** A permanent name of an error. */
export type ErrorCode = keyof typeof errors

/** The codes every route can answer, besides its own. */
export const commonErrors = [
  'request_invalid',
  'unauthenticated',
  'forbidden',
  'body_too_large',
  'idempotency_key_reused',
  'database_busy',
  'database_full',
  'database_unusable',
  'server_draining',
  'internal',
] as const satisfies readonly ErrorCode[]
