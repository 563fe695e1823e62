import type { AuditEvent, DeploymentWithTakenOut, SetChallenger } from '@airlock-ml/contract'
import { eventsOfSubject } from '../audit/store.ts'
import type { Db } from '../db/db.ts'
import { fromJson } from '../db/json.ts'
import type { DeploymentWish } from './store.ts'

/**
 * Which challenger a deployment had last and why it has it no more, by the audit log, for whoever may read the deployment:
 * who set a challenger has to learn what a guard found. Null while one is set, or where none ever was.
 */
export async function lastTakenOut(
  db: Db,
  { id, challenger }: Pick<DeploymentWish, 'id' | 'challenger'>,
): Promise<DeploymentWithTakenOut['takenOut']> {
  if (challenger) return null
  const last = (await eventsOfSubject(db, 'deployment.challenger-set', id)).at(-1)
  if (!last) return null
  const { before, at, actor, reason } = fromJson<AuditEvent>(last.entry)
  const { challenger: taken } = before as { challenger: SetChallenger | null }
  return taken && { number: taken.number, at, by: actor.name, reason }
}
