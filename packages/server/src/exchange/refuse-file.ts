import { sha256Hex } from '@airlock-ml/stack'
import { record, systemActor } from '../audit/record.ts'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import { countRefusedFiles, insertRefusedFile } from './store.ts'

/** Refusals below one folder that are recorded in an hour, so that nobody fills the log through the exchange. */
const MAX_REFUSALS_AN_HOUR = 20
const HOUR_MS = 60 * 60_000

/** What lies in the exchange and is not believed, and why. `folder` is its first part, as `receipts`. */
export type RefusedFile = { folder: string; key: string; bytes: Uint8Array; reason: string }

/** Records that a file of the exchange is not believed: once for the same bytes, and at most 20 an hour below a folder. */
export async function refuseFile(
  deps: Deps,
  { folder, key, bytes, reason }: RefusedFile,
  { type, kind }: { type: string; kind: string },
): Promise<void> {
  const digest = sha256Hex(bytes)
  const now = deps.now()
  await transact(deps.db, async (tx) => {
    const since = new Date(now.getTime() - HOUR_MS).toISOString()
    if ((await countRefusedFiles(tx, { folder, since })) >= MAX_REFUSALS_AN_HOUR) return
    if (!(await insertRefusedFile(tx, { exchange_key: key, digest, refused_at: now.toISOString() }))) return
    await record(tx, deps, {
      type,
      actor: systemActor(folder),
      requestId: null,
      project: null,
      subject: { kind, id: key, digest },
      outcome: 'refused',
      reason,
    })
  })
}
