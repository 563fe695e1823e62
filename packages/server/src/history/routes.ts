import type { historyRoutes } from '@airlock-ml/contract'
import type { Deps } from '../deps.ts'
import type { Handlers } from '../http/mount.ts'
import { showHolders } from './show-holders.ts'

export const historyHandlers = (deps: Deps): Handlers<typeof historyRoutes> => ({
  showHolders: ({ project, model, at, stage }) => showHolders(deps, { project, model, at, stage }),
})
