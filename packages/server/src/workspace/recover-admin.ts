import { RECOVERY_EVENT } from '@airlock-ml/bundle'
import { KebabName, PlatformError, Reason } from '@airlock-ml/contract'
import { record, systemActor } from '../audit/record.ts'
import { transact } from '../db/transact.ts'
import { admitDecisionKey } from '../decision-keys/register.ts'
import type { Deps } from '../deps.ts'
import { fourEyesInForce } from '../four-eyes/in-force.ts'
import { adminsWithDecisionKey } from '../four-eyes/store.ts'
import { createUser } from '../identity/create.ts'
import { insertNewApiKey } from '../identity/keys.ts'

/** A new person, with the decision key that they sign with from then on, and its proof. */
export type NewAdmin = { admin: string; reason: string; publicKey: string; proof: string }

/**
 * Makes a new platform-admin who can sign, by the hand of whoever owns the workspace's files: the way out when four eyes
 * are in force and fewer than two admins are left. No route leads here. It takes nothing that its caller does not have
 * already, who could write all of it into the database, and leaves a mark that `workspace show` and every check of the
 * log tell of. A person who is known is given nothing. Answers with the new person's API key.
 * @throws PlatformError `recovery_refused`, `identity_exists`, `request_invalid`,
 * `decision_signature_invalid`, `decision_key_taken`
 */
export async function recoverAdminIn(deps: Deps, { admin, reason, publicKey, proof }: NewAdmin): Promise<string> {
  for (const [schema, given] of [
    [KebabName, admin],
    [Reason, reason],
  ] as const) {
    const parsed = schema.safeParse(given)
    if (!parsed.success) throw new PlatformError('request_invalid', `It ${parsed.error.issues[0]?.message}.`)
  }
  return transact(deps.db, async (tx) => {
    const by = { actor: systemActor('recovered_by_host'), roles: [], requestId: deps.newId() }
    if (!(await fourEyesInForce(tx)))
      throw new PlatformError('recovery_refused', `Four eyes are not in force in ${deps.workspace.name}.`)
    const admins = await adminsWithDecisionKey(tx)
    if (admins.length >= 2) {
      const why = `${admins.length} admins of ${deps.workspace.name} can sign: ${admins.join(', ')}.`
      throw new PlatformError('recovery_refused', why, { admins })
    }
    await record(tx, deps, {
      type: RECOVERY_EVENT,
      actor: by.actor,
      requestId: by.requestId,
      project: null,
      subject: { kind: 'workspace', id: deps.workspace.name },
      before: { admins },
      after: { admin, admins: [...admins, admin].sort() },
      reason,
    })
    await createUser(tx, deps, { name: admin, roles: [{ project: '*', role: 'platform-admin' }] }, by)
    const { secret } = await insertNewApiKey(tx, deps, { identity: admin, expiresAt: null }, by)
    await admitDecisionKey(tx, deps, { person: admin, publicKey, proof }, by)
    return secret
  })
}
