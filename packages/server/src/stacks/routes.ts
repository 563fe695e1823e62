import { PlatformError, type stackRoutes } from '@airlock-ml/contract'
import type { Deps } from '../deps.ts'
import type { Handlers } from '../http/mount.ts'
import { putStack } from './put.ts'
import { findStack, listStacks } from './store.ts'

export const stackHandlers = (deps: Deps): Handlers<typeof stackRoutes> => ({
  putStack: ({ project, stack: name, body }, by) => putStack(deps, { project, name, ...body }, by),
  listStacks: ({ project, ...page }) => listStacks(deps.db, project, page),
  showStack: async ({ project, stack }) => {
    const found = await findStack(deps.db, project, stack)
    if (!found) throw new PlatformError('stack_not_found', `The project ${project} has no stack ${stack}.`)
    return found
  },
})
