import { toJson } from '../db/json.ts'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import { thisExecutor } from '../executor.ts'
import { insertExport, setExportEnded } from './export-store.ts'

/**
 * Remembers that a bundle is being written, from before its first byte until it is written or failed: what a kill leaves
 * in the exchange is then known to be ours, and what is under way is known to be needed.
 */
export async function exporting<T>(deps: Deps, bundleDigest: string, write: () => Promise<T>): Promise<T> {
  const id = deps.newId()
  const row = { id, bundle_digest: bundleDigest, executor: toJson(thisExecutor()), ended_at: null }
  await transact(deps.db, (tx) => insertExport(tx, { ...row, started_at: deps.now().toISOString() }))
  try {
    return await write()
  } finally {
    await transact(deps.db, (tx) => setExportEnded(tx, id, deps.now().toISOString()))
  }
}
