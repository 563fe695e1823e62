import type { Db } from '../db/db.ts'
import { fourEyesInForce } from './in-force.ts'
import { adminsWithDecisionKey } from './store.ts'

/** Says so where four eyes are in force and nobody, or one alone, could sign: nothing can be loosened until there are two. */
export async function whyStuck(db: Db): Promise<string | null> {
  if (!(await fourEyesInForce(db))) return null
  const admins = await adminsWithDecisionKey(db)
  if (admins.length >= 2) return null
  const who = admins.length === 0 ? 'no admin is left who can sign' : `${admins[0]} is the only admin left who can sign`
  return `Four eyes are in force and ${who}: what loosens something, a new admin too, finds no second person any more.`
}
