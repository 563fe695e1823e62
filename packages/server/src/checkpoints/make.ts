import { signCheckpoint } from '@airlock-ml/bundle'
import type { Checkpoint } from '@airlock-ml/contract'
import { crashPoint } from '@airlock-ml/stack/crash-point'
import { proveConsistency, rootOf } from '../audit/prove.ts'
import { readHead } from '../audit/store.ts'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import { post } from '../outbox/post.ts'
import { currentSigner, isInForce } from '../signing-keys/current.ts'
import { postExportProofs } from './publish-exports.ts'
import { checkpointOf, countersignaturesAt, findCheckpoint, insertCheckpoint, lastCheckpoint } from './store.ts'

/** Every event is under a signed head after this long at the latest, while the workspace's worker runs. */
const CHECKPOINT_DELAY_MS = 60_000

/**
 * Signs the head of the log, as it is now, and posts it for publication; answers with the last checkpoint when nothing
 * was added since. The signature is made outside of any transaction. Of two replicas that do it at once one wins.
 */
export async function makeCheckpoint(deps: Deps): Promise<Checkpoint> {
  for (;;) {
    const last = await lastCheckpoint(deps.db)
    // Before the head: one that holds a rotation is signed by the key that it brings.
    const signer = await currentSigner(deps)
    const head = await readHead(deps.db)
    if (last && Number(last.size) >= head.size)
      return checkpointOf(last, await countersignaturesAt(deps.db, [Number(last.size)]))
    const previousSize = last ? Number(last.size) : 0
    const checkpoint = {
      formatVersion: 1,
      workspace: deps.workspace.name,
      size: head.size,
      rootHash: rootOf(head),
      at: deps.now().toISOString(),
      previousSize,
      consistency: await proveConsistency(deps.db, previousSize, head.size),
    } as const
    const envelope = Buffer.from(await signCheckpoint(checkpoint, signer)).toString()
    await transact(deps.db, async (tx) => {
      if (!(await isInForce(tx, signer))) return
      const isFirst = await insertCheckpoint(tx, {
        size: head.size,
        previous_size: previousSize,
        root_hash: checkpoint.rootHash,
        at: checkpoint.at,
        key_hint: signer.keyHint,
        envelope,
      })
      if (!isFirst) return
      await post(tx, deps, { topic: 'checkpoint.publication', payload: { size: head.size } })
      await postExportProofs(tx, deps, { from: previousSize, to: head.size })
    })
    await crashPoint('checkpoint:signed')
    const made = await findCheckpoint(deps.db, head.size)
    if (made) return checkpointOf(made, [])
  }
}

/** Signs the head when the log has grown and the last signature is older than the stated delay. */
export async function makeCheckpointWhenDue(deps: Deps): Promise<void> {
  const last = await lastCheckpoint(deps.db)
  if (last && deps.now().getTime() - Date.parse(last.at) < CHECKPOINT_DELAY_MS) return
  const { size } = await readHead(deps.db)
  if (size > Number(last?.size ?? 0)) await makeCheckpoint(deps)
}
