import type { PlatformError, Route } from '@airlock-ml/contract'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { record } from './record.ts'

/** Rights whose use is a decision: a refused attempt at one is part of the story. */
const decisions: readonly string[] = [
  'model:promote',
  'model:rollback',
  'model:export',
  'model:reject',
  'model:release',
  'model:recall',
  'deployment:write',
  'promotion:request',
  'promotion:decide',
  'policy:write',
  'trust:write',
  'change:decide',
  'identity:write',
]

/** Whether a refusal is recorded: of a decision, or for want of a right. Mistakes in a request's form are not. */
const isRecorded = (route: Route, { status }: PlatformError) =>
  status === 403 || (decisions.includes(route.action) && (status === 409 || status === 422))

/** Records a refusal in a transaction of its own: that of the act was rolled back. */
export async function recordRefusal(
  deps: Deps,
  refusal: { operation: string; route: Route; subject: string; error: PlatformError; context: RequestContext },
): Promise<void> {
  const { operation, route, subject, error, context } = refusal
  if (context.actor.kind === 'anonymous' || !isRecorded(route, error)) return
  await transact(deps.db, (tx) =>
    record(tx, deps, {
      type: `request.refused`,
      actor: context.actor,
      requestId: context.requestId,
      project: null,
      subject: { kind: operation, id: subject.slice(0, 300) },
      outcome: 'refused',
      after: { code: error.code },
      reason: error.message.slice(0, 2_000),
    }),
  )
}
