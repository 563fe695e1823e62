import { checkpointKey, witnessKey } from '@airlock-ml/bundle'
import type { Json } from '@airlock-ml/contract'
import { bodyOf } from '@airlock-ml/stack'
import type { Deps } from '../deps.ts'
import { findCheckpoint, findWitnessed } from './store.ts'

/**
 * Puts a checkpoint into the exchange. Delivered from the outbox, perhaps twice: the bytes are the same, and they replace
 * whatever somebody else may have put in their place.
 */
export const publishCheckpoint =
  (deps: Deps) =>
  async (payload: Json): Promise<void> => {
    const { size } = payload as { size: number }
    const row = await findCheckpoint(deps.db, size)
    if (!row) throw new Error(`There is no checkpoint of ${size} events.`)
    await deps.exchange.write(checkpointKey(deps.workspace.name, size), bodyOf(Buffer.from(row.envelope)))
  }

/** Puts a countersignature of ours into the exchange, in the same way. */
export const publishCountersignature =
  (deps: Deps) =>
  async (payload: Json): Promise<void> => {
    const { workspace, size } = payload as { workspace: string; size: number }
    const row = await findWitnessed(deps.db, workspace, size)
    if (!row) throw new Error(`No checkpoint of ${size} events of ${workspace} was countersigned.`)
    await deps.exchange.write(witnessKey(deps.workspace.name, workspace, size), bodyOf(Buffer.from(row.envelope)))
  }
