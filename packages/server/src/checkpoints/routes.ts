import type { checkpointRoutes } from '@airlock-ml/contract'
import type { Deps } from '../deps.ts'
import type { Handlers } from '../http/mount.ts'
import { exportLog } from './export.ts'
import { makeCheckpoint } from './make.ts'
import { proveEvent } from './prove-event.ts'
import { listCheckpoints, listWitnessed } from './store.ts'

export const checkpointHandlers = (deps: Deps): Handlers<typeof checkpointRoutes> => ({
  createCheckpoint: () => makeCheckpoint(deps),
  listCheckpoints: (page) => listCheckpoints(deps.db, page),
  listWitnessedCheckpoints: ({ of, ...page }) => listWitnessed(deps.db, of, page),
  exportAuditLog: async () => ReadableStream.from(exportLog(deps, await makeCheckpoint(deps))),
  proveAuditEvent: ({ sequence }) => proveEvent(deps, sequence),
})
