import { EnvelopeError, readCountersignature, witnessKey } from '@airlock-ml/bundle'
import { readWhole } from '@airlock-ml/stack'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import { keysInForce } from '../trust/store.ts'
import { findCheckpoint, insertCountersignature, sizesSeenBy } from './store.ts'

/** Larger than any countersignature that is right: it has a checkpoint inside. */
const MAX_COUNTERSIGNATURE_BYTES = 256 * 1024

/**
 * Fetches what witnesses have countersigned of this workspace's own checkpoints, so that an export can show it. What is
 * not signed by a trusted witness, or is of another head than ours, is passed over: it proves nothing.
 */
export async function collectCountersignatures(deps: Deps): Promise<void> {
  const keys = Map.groupBy(await keysInForce(deps.db, 'witness'), ({ workspace }) => workspace)
  for (const [witness, trusted] of keys) {
    const seen = await sizesSeenBy(deps.db, witness)
    const folder = `witness/${witness}/${deps.workspace.name}/`
    for await (const { key, isRegular } of deps.exchange.list(folder)) {
      const size = Number(/^(\d{12,15})\.json$/.exec(key.slice(folder.length))?.[1] ?? Number.NaN)
      if (!isRegular || !Number.isSafeInteger(size) || seen.has(size)) continue
      await collectOne(deps, { witness, size, trusted })
    }
  }
}

async function collectOne(
  deps: Deps,
  { witness, size, trusted }: { witness: string; size: number; trusted: Parameters<typeof readCountersignature>[1] },
): Promise<void> {
  const tooLong = () => new EnvelopeError('malformed', 'it is too long')
  try {
    const key = witnessKey(witness, deps.workspace.name, size)
    const bytes = await readWhole(await deps.exchange.read(key), MAX_COUNTERSIGNATURE_BYTES, tooLong)
    const said = readCountersignature(bytes, trusted)
    const own = await findCheckpoint(deps.db, said.size)
    if (said.witness !== witness || said.workspace !== deps.workspace.name || own?.root_hash !== said.rootHash) return
    const row = { witness, size: said.size, at: said.at, key_hint: said.keyHint }
    await transact(deps.db, (tx) => insertCountersignature(tx, { ...row, envelope: Buffer.from(bytes).toString() }))
  } catch (error) {
    if (!(error instanceof EnvelopeError)) throw error
  }
}
