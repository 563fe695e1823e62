import { EXPORT_EVENT, exportProofBytes, exportProofKey } from '@airlock-ml/bundle'
import type { Json } from '@airlock-ml/contract'
import { bodyOf } from '@airlock-ml/stack'
import { proveInclusion } from '../audit/prove.ts'
import { eventsOfSubject, sequencesOfType } from '../audit/store.ts'
import type { Tx } from '../db/db.ts'
import type { Deps } from '../deps.ts'
import { post } from '../outbox/post.ts'
import { firstCheckpointFrom } from './store.ts'

/** Posts a proof for each export that a new checkpoint is the first to cover. */
export async function postExportProofs(tx: Tx, deps: Deps, range: { from: number; to: number }): Promise<void> {
  for (const { sequence, subject } of await sequencesOfType(tx, EXPORT_EVENT, range))
    await post(tx, deps, { topic: 'checkpoint.export-proof', payload: { sequence, subject } })
}

/**
 * Puts the proof of an export beside the checkpoints: whoever countersigned the checkpoint can tell from it, even when
 * the key that signed the bundle has ended, that the bundle is older. A bundle that is exported again keeps its first
 * proof, so the bytes are the same each time.
 */
export const publishExportProof =
  (deps: Deps) =>
  async (payload: Json): Promise<void> => {
    const { sequence, subject } = payload as { sequence: number; subject: string }
    const exports = await eventsOfSubject(deps.db, EXPORT_EVENT, subject)
    const digest = exports.find((each) => each.sequence === sequence)?.digest
    const first = exports.find((each) => each.digest === digest)
    const head = first && (await firstCheckpointFrom(deps.db, first.sequence))
    if (!digest || !first || !head) throw new Error(`Event ${sequence} is no export under a signed head.`)
    const size = Number(head.size)
    const path = await proveInclusion(deps.db, first.sequence, size)
    const proof = { formatVersion: 1, entry: first.entry, sequence: first.sequence, size, path } as const
    await deps.exchange.write(exportProofKey(deps.workspace.name, digest), bodyOf(Buffer.from(exportProofBytes(proof))))
  }
