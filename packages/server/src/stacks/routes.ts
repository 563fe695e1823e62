import type { stackRoutes } from '@airlock-ml/contract'
import type { Deps } from '../deps.ts'
import type { Handlers } from '../http/mount.ts'
import { checkStack } from './check.ts'
import { existingStack } from './existing.ts'
import { putStack } from './put.ts'
import { listStacks } from './store.ts'

export const stackHandlers = (deps: Deps): Handlers<typeof stackRoutes> => ({
  putStack: ({ project, stack: name, body }, by) => putStack(deps, { project, name, ...body }, by),
  listStacks: ({ project, ...page }) => listStacks(deps.db, project, page),
  showStack: ({ project, stack }) => existingStack(deps.db, project, stack),
  checkStack: ({ project, stack }) => checkStack(deps, project, stack),
})
