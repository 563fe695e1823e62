import type { Db } from '../db/db.ts'
import { findFourEyes } from '../four-eyes/store.ts'
import type { RequestContext } from '../http/request-context.ts'
import { mintersOf } from '../identity/store.ts'
import { passwordSettersOf } from '../passwords/store.ts'

/**
 * The persons who count as having asked: the caller's, who made the key in use, and whoever made a key or set a password
 * for either since four eyes are in force. What somebody else gave and then replaced under the other's name stays theirs.
 */
export async function requestersOf(db: Db, { actor, mintedBy }: RequestContext): Promise<string[]> {
  const since = (await findFourEyes(db))?.four_eyes_since
  const names = [actor.name, actor.person]
  const helpers = since ? [...(await mintersOf(db, names, since)), ...(await passwordSettersOf(db, names, since))] : []
  return [...new Set([actor.person, ...(mintedBy ? [mintedBy] : []), ...helpers])]
}
