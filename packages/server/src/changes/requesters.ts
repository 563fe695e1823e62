import type { Db } from '../db/db.ts'
import { findFourEyes } from '../four-eyes/store.ts'
import type { RequestContext } from '../http/request-context.ts'
import { mintersOf } from '../identity/store.ts'

/**
 * The persons who count as having asked: the caller's, who made the key in use, and whoever made a key for either since
 * four eyes are in force. A key that somebody else made and then replaced under the other's name stays theirs.
 */
export async function requestersOf(db: Db, { actor, mintedBy }: RequestContext): Promise<string[]> {
  const since = (await findFourEyes(db))?.four_eyes_since
  const minters = since ? await mintersOf(db, [actor.name, actor.person], since) : []
  return [...new Set([actor.person, ...(mintedBy ? [mintedBy] : []), ...minters])]
}
