import type { recallRoutes } from '@airlock-ml/contract'
import type { Deps } from '../deps.ts'
import type { Handlers } from '../http/mount.ts'
import { listRecalls } from '../marks/store.ts'
import { recall, showRecall } from './recall.ts'

export const recallHandlers = (deps: Deps): Handlers<typeof recallRoutes> => ({
  recall: ({ project, body }, by) => recall(deps, { project, ...body }, by),
  listRecalls: ({ project, ...page }) => listRecalls(deps.db, project, page),
  showRecall: ({ project, recallId }) => showRecall(deps.db, project, recallId),
})
