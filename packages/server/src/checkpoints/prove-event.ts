import { type InclusionProof, PlatformError } from '@airlock-ml/contract'
import { proveInclusion } from '../audit/prove.ts'
import { rowsAfter } from '../audit/store.ts'
import type { Deps } from '../deps.ts'
import { makeCheckpoint } from './make.ts'
import { countersignaturesAt, lastCheckpoint, lastCountersigned } from './store.ts'

/**
 * Proves that an event is in the log, where it can under a head that a witness has seen too.
 * @throws PlatformError `audit_event_not_found`
 */
export async function proveEvent(deps: Deps, sequence: number): Promise<InclusionProof> {
  const [row] = await rowsAfter(deps.db, sequence - 1, 1)
  if (!row || Number(row.sequence) !== sequence)
    throw new PlatformError('audit_event_not_found', `The log has no event ${sequence}.`)
  const { size, envelope } = await headOver(deps, sequence)
  const seen = await countersignaturesAt(deps.db, [size])
  return {
    sequence,
    entry: row.entry,
    leafHash: row.leaf_hash,
    size,
    path: await proveInclusion(deps.db, sequence, size),
    checkpoint: envelope,
    countersignatures: seen.map((each) => ({
      workspace: each.witness,
      keyHint: each.key_hint,
      at: each.at,
      envelope: each.envelope,
    })),
  }
}

async function headOver(deps: Deps, sequence: number): Promise<{ size: number; envelope: string }> {
  for (const head of [await lastCountersigned(deps.db), await lastCheckpoint(deps.db)])
    if (head && Number(head.size) >= sequence) return { size: Number(head.size), envelope: head.envelope }
  return makeCheckpoint(deps)
}
