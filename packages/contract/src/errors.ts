import { answeringErrors } from './errors-answering.ts'
import { batchErrors } from './errors-batch.ts'
import { decidingErrors } from './errors-deciding.ts'
import { identityErrors } from './errors-identity.ts'
import { localErrors } from './errors-local.ts'
import { modelErrors } from './errors-models.ts'
import { predictionErrors } from './errors-predictions.ts'
import { promotionErrors } from './errors-promotions.ts'
import { requestErrors } from './errors-requests.ts'
import { runErrors } from './errors-runs.ts'
import { servingErrors } from './errors-serving.ts'

/**
 * Every error the platform can send. A code is permanent. `title` says what kind of thing happened, the error's own
 * message what happened this time and why, `remedy` what the reader does next. Server, client, OpenAPI and docs read it.
 */
export const errors = {
  ...requestErrors,
  ...identityErrors,
  ...runErrors,
  ...promotionErrors,
  ...modelErrors,
  ...servingErrors,
  ...answeringErrors,
  ...batchErrors,
  ...predictionErrors,
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
