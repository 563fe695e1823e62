import type { changeRoutes } from '@airlock-ml/contract'
import type { Deps } from '../deps.ts'
import type { Handlers } from '../http/mount.ts'
import { approveChange, existingChange, rejectChange } from './decide.ts'
import { listChanges, withDeciders } from './store.ts'

export const changeHandlers = (deps: Deps): Handlers<typeof changeRoutes> => ({
  listChanges: ({ state, ...page }) => listChanges(deps.db, { state, now: deps.now().toISOString() }, page),
  showChange: async ({ changeId }) => withDeciders(deps.db, await existingChange(deps.db, deps, changeId)),
  approveChange: ({ changeId, body }, by) => approveChange(deps, { id: changeId, ...body }, by),
  rejectChange: ({ changeId, body }, by) => rejectChange(deps, { id: changeId, ...body }, by),
})
