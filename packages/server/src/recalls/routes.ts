import type { recallRoutes } from '@airlock-ml/contract'
import { withStoreCodes } from '@airlock-ml/stack'
import type { Deps } from '../deps.ts'
import type { Handlers } from '../http/mount.ts'
import { listRecalls } from '../marks/store.ts'
import { liftRecall } from './lift.ts'
import { recall, showRecall } from './recall.ts'
import { receiveRecalls } from './receive.ts'

export const recallHandlers = (deps: Deps): Handlers<typeof recallRoutes> => ({
  recall: ({ project, body }, by) => recall(deps, { project, ...body }, by),
  listRecalls: ({ project, ...page }) => listRecalls(deps.db, project, page),
  showRecall: ({ project, recallId }) => showRecall(deps, project, recallId),
  liftRecall: ({ body, ...recall }, by) => liftRecall(deps, { ...recall, ...body }, by),
  syncRecalls: async ({ project }) => {
    const sync = await withStoreCodes(deps.exchange, { unreachable: 'exchange_unreachable' }, () =>
      receiveRecalls(deps),
    )
    return { ...sync, received: sync.received.filter(({ recall }) => recall.project === project) }
  },
})
