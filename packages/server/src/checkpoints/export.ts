import { exportLine } from '@airlock-ml/bundle'
import type { Checkpoint } from '@airlock-ml/contract'
import { rowsAfter } from '../audit/store.ts'
import type { Deps } from '../deps.ts'
import { currentSigner } from '../signing-keys/current.ts'
import { checkpointsBetween, countersignaturesAt } from './store.ts'

const BATCH = 1_000

/** The log up to a checkpoint as JSON lines, a batch of events a chunk. */
export async function* exportLog(deps: Deps, { size }: Checkpoint): AsyncGenerator<Buffer> {
  const { db, workspace, now } = deps
  const { publicKey } = await currentSigner(deps)
  const header = { workspace: workspace.name, publicKey, size, exportedAt: now().toISOString() }
  yield Buffer.from(exportLine.header({ formatVersion: 1, kind: 'airlock.audit-log', ...header }))
  for (let from = 0; from < size; ) {
    const rows = await rowsAfter(db, from, Math.min(BATCH, size - from))
    if (rows.length === 0) return
    const to = Number(rows.at(-1)!.sequence)
    const heads = Map.groupBy(await checkpointsBetween(db, { from, to }), (row) => Number(row.size))
    const seen = heads.size === 0 ? [] : await countersignaturesAt(db, [...heads.keys()])
    let lines = ''
    for (const row of rows) {
      lines += exportLine.event(row.entry, row.leaf_hash)
      for (const head of heads.get(Number(row.sequence)) ?? []) {
        lines += exportLine.checkpoint(head.envelope)
        for (const { size: at, envelope } of seen)
          if (Number(at) === Number(head.size)) lines += exportLine.countersignature(envelope)
      }
    }
    yield Buffer.from(lines)
    from = to
  }
}
