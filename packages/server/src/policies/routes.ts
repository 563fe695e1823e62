import { PlatformError, type policyRoutes } from '@airlock-ml/contract'
import type { Deps } from '../deps.ts'
import type { Handlers } from '../http/mount.ts'
import { findPolicy, listPolicies } from './store.ts'

export const policyHandlers = (deps: Deps): Omit<Handlers<typeof policyRoutes>, 'applyPolicy'> => ({
  listPolicies: ({ project, stage, ...page }) => listPolicies(deps.db, { project, stage }, page),
  showPolicy: async ({ project, stage, version }) => {
    const policy = await findPolicy(deps.db, { project, stage, version })
    if (!policy) throw new PlatformError('policy_not_found', `The project ${project} has no such policy for ${stage}.`)
    return policy
  },
})
