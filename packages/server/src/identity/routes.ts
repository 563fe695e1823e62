import { didYouMean, type identityRoutes, PlatformError } from '@airlock-ml/contract'
import { mapPage } from '../db/keyset.ts'
import type { Deps } from '../deps.ts'
import { whyStuck } from '../four-eyes/why-stuck.ts'
import type { Handlers } from '../http/mount.ts'
import { disable } from './change.ts'
import { serviceAccountOf, userOf } from './create.ts'
import { createApiKey, noSuchKey, revokeApiKey, rotateApiKey } from './keys.ts'
import {
  apiKeyOf,
  findApiKey,
  findIdentity,
  type Identity,
  identityNames,
  listApiKeys,
  listIdentities,
} from './store.ts'

type Held = 'createUser' | 'createServiceAccount' | 'setRoles'

export function identityHandlers(deps: Deps): Omit<Handlers<typeof identityRoutes>, Held> {
  const { db } = deps
  const one = async (name: string, kind: Identity['kind']) => {
    const identity = await findIdentity(db, { name })
    if (identity?.kind === kind) return identity
    const names = didYouMean(name, await identityNames(db, kind))
    throw new PlatformError('identity_not_found', `There is no ${kind.replace('-', ' ')} ${name}. ${names}`)
  }
  return {
    whoami: async (_, { actor, roles }) => ({ actor, roles: [...roles] }),
    listUsers: async (page) => mapPage(await listIdentities(db, 'user', page), userOf),
    showUser: async ({ name }) => userOf(await one(name, 'user')),
    listServiceAccounts: async (page) => mapPage(await listIdentities(db, 'service-account', page), serviceAccountOf),
    showServiceAccount: async ({ name }) => serviceAccountOf(await one(name, 'service-account')),
    disableIdentity: async ({ name }, by) => ({ ...(await disable(deps, name, by)), warning: await whyStuck(db) }),
    createApiKey: ({ body }, by) => createApiKey(deps, body, by),
    listApiKeys: ({ identity, ...page }) => listApiKeys(db, identity, page),
    showApiKey: async ({ id }) => {
      const row = await findApiKey(db, id)
      if (!row) throw noSuchKey(id)
      return apiKeyOf(row)
    },
    rotateApiKey: ({ id, body }, by) => rotateApiKey(deps, { id, ...body }, by),
    revokeApiKey: ({ id }, by) => revokeApiKey(deps, id, by),
  }
}
