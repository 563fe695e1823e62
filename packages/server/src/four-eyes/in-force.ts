import { record } from '../audit/record.ts'
import type { Db, Tx } from '../db/db.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { adminsWithDecisionKey, findFourEyes, setFourEyesSince } from './store.ts'

/** Whether what loosens something takes a second person now. Once in force, it stays so for ever. */
export const fourEyesInForce = async (db: Db): Promise<boolean> =>
  ((await findFourEyes(db))?.four_eyes_since ?? null) !== null

/**
 * Ends the time in which one admin sets the workspace up: where it was born with four eyes and now has two admins who
 * can sign, they are in force from here on. Belongs into every transaction that gives an admin a key, or a key's owner
 * that role. Does nothing otherwise.
 */
export async function closeSetUp(tx: Tx, deps: Pick<Deps, 'now' | 'newId' | 'workspace'>, by: RequestContext) {
  const known = await findFourEyes(tx)
  if (!known?.four_eyes || known.four_eyes_since !== null) return
  const admins = await adminsWithDecisionKey(tx)
  if (admins.length < 2) return
  const since = deps.now().toISOString()
  await setFourEyesSince(tx, since)
  await record(tx, deps, {
    type: 'workspace.four-eyes-begun',
    actor: by.actor,
    requestId: by.requestId,
    project: null,
    subject: { kind: 'workspace', id: deps.workspace.name },
    after: { since, admins },
  })
}
