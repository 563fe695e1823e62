import type { Role } from '@airlock-ml/contract'
import type { Db } from '../db/db.ts'
import { identitiesWithRole } from '../identity/store.ts'

/** Names of the users who could approve: one of the roles in the project, not disabled, and none of who asked. */
export async function mayApprove(
  db: Db,
  { project, roles, requesters }: { project: string; roles: readonly Role[]; requesters: readonly string[] },
): Promise<string[]> {
  const names = await identitiesWithRole(db, project, roles)
  return names.filter((name) => !requesters.includes(name))
}
