import { canonicalJson, recallPayloadType } from '@airlock-ml/bundle'
import { type Json, type Recall, RecallNotice } from '@airlock-ml/contract'
import type { Tx } from '../db/db.ts'
import type { Deps } from '../deps.ts'
import { putSigned } from '../exchange/put-signed.ts'
import { post } from '../outbox/post.ts'
import { findNotice, insertNotice, nextNotice } from './notice-store.ts'

/** Larger than any notice that is right. */
export const MAX_NOTICE_BYTES = 64 * 1024

/** Where a workspace's notices lie in the exchange; only it writes below its folder. */
export const noticeFolder = (workspace: string): string => `recalls/${workspace}/`
export const noticeKey = (workspace: string, sequence: number): string =>
  `${noticeFolder(workspace)}${String(sequence).padStart(12, '0')}.json`

/** Numbers a notice and posts it, in the transaction of the recall or its lifting. */
export async function postNotice(
  tx: Tx,
  deps: Pick<Deps, 'now' | 'newId'>,
  { recallId, act }: { recallId: string; act: RecallNotice['act'] },
): Promise<void> {
  const sequence = await nextNotice(tx)
  await insertNotice(tx, { sequence, recall_id: recallId, act })
  await post(tx, deps, { topic: 'recall.notice', payload: { sequence } })
}

/** Signs a notice and puts it into the exchange. Delivered from the outbox. */
export const publishNotice =
  (deps: Deps) =>
  async (payload: Json): Promise<void> => {
    const { sequence } = payload as { sequence: number }
    const found = await findNotice(deps.db, sequence)
    if (!found) throw new Error(`There is no recall notice ${sequence}.`)
    const { act, recall } = found
    const { at, by, reason } = act === 'lifted' ? recall.lifted! : recall
    const notice = RecallNotice.parse({
      formatVersion: 1,
      workspace: deps.workspace.name,
      sequence,
      act,
      recallId: recall.id,
      project: recall.project,
      target: targetOf(recall),
      reason,
      at,
      by,
    })
    await putSigned(deps, {
      key: noticeKey(deps.workspace.name, sequence),
      payload: canonicalJson(notice),
      payloadType: recallPayloadType,
      maxBytes: MAX_NOTICE_BYTES,
    })
  }

function targetOf({ kind, model, source, digest, commit }: Recall) {
  if (kind === 'version') return { kind, model, source, digest }
  return kind === 'artifact' ? { kind, digest } : { kind, commit }
}
