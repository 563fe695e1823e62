import { type Action, mayDo, rights } from '@airlock-ml/contract'
import type { Tx } from '../db/db.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { createServiceAccount } from '../identity/create.ts'
import { insertNewApiKey } from '../identity/keys.ts'

/** Whom a service signs in as, and its secret, which is told once. */
export type ServiceAccess = { account: { id: string; name: string }; secret: string }

const MAX_NAME = 63

/**
 * Makes the service account of a deployment, with its one API key. Both can do what a service does in its project and
 * nothing else; the caller answers for it. Its name is new each time: those of identities are never free again.
 */
export async function mintService(
  tx: Tx,
  deps: Deps,
  { project, name }: { project: string; name: string },
  by: RequestContext,
): Promise<ServiceAccess> {
  const suffix = `-${deps.newId().slice(-8)}`
  const account = await createServiceAccount(
    tx,
    deps,
    {
      name: `deployment-${name}`.slice(0, MAX_NAME - suffix.length) + suffix,
      owner: by.actor.person,
      roles: [{ project, role: 'service' }],
    },
    by,
  )
  const actions = (Object.keys(rights) as Action[]).filter((action) => mayDo(['service'], action))
  const { secret } = await insertNewApiKey(
    tx,
    deps,
    { identity: account.name, expiresAt: null, scope: { project, actions } },
    by,
  )
  return { account, secret }
}
