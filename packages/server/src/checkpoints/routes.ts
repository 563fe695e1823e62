import { type checkpointRoutes, PlatformError } from '@airlock-ml/contract'
import { proveInclusion } from '../audit/prove.ts'
import { rowsAfter } from '../audit/store.ts'
import type { Deps } from '../deps.ts'
import type { Handlers } from '../http/mount.ts'
import { exportLog } from './export.ts'
import { makeCheckpoint } from './make.ts'
import { lastCheckpoint, listCheckpoints, listWitnessed } from './store.ts'

export const checkpointHandlers = (deps: Deps): Handlers<typeof checkpointRoutes> => ({
  createCheckpoint: () => makeCheckpoint(deps),
  listCheckpoints: (page) => listCheckpoints(deps.db, page),
  listWitnessedCheckpoints: ({ of, ...page }) => listWitnessed(deps.db, of, page),
  exportAuditLog: async () => ReadableStream.from(exportLog(deps, await makeCheckpoint(deps))),
  proveAuditEvent: async ({ sequence }) => {
    const [row] = await rowsAfter(deps.db, sequence - 1, 1)
    if (Number(row?.sequence) !== sequence)
      throw new PlatformError('audit_event_not_found', `The log has no event ${sequence}.`)
    const last = await lastCheckpoint(deps.db)
    const isCovered = last !== undefined && Number(last.size) >= sequence
    const head = isCovered ? { size: Number(last.size), envelope: last.envelope } : await makeCheckpoint(deps)
    const path = await proveInclusion(deps.db, sequence, head.size)
    return { sequence, entry: row!.entry, leafHash: row!.leaf_hash, size: head.size, path, checkpoint: head.envelope }
  },
})
