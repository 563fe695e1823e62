import type { decisionKeyRoutes } from '@airlock-ml/contract'
import type { Deps } from '../deps.ts'
import { whyStuck } from '../four-eyes/why-stuck.ts'
import type { Handlers } from '../http/mount.ts'
import { noSuchKey, revokeDecisionKey } from './revoke.ts'
import { findDecisionKey, listDecisionKeys } from './store.ts'

export const decisionKeyHandlers = (deps: Deps): Omit<Handlers<typeof decisionKeyRoutes>, 'registerDecisionKey'> => ({
  listDecisionKeys: ({ person, ...page }) => listDecisionKeys(deps.db, person, page),
  showDecisionKey: async ({ fingerprint }) => {
    const key = await findDecisionKey(deps.db, fingerprint)
    if (!key) throw noSuchKey(fingerprint)
    return key
  },
  revokeDecisionKey: async ({ fingerprint }, by) => ({
    ...(await revokeDecisionKey(deps, fingerprint, by)),
    warning: await whyStuck(deps.db),
  }),
})
