import type { Actor, ModelVersion, VersionMark } from '@airlock-ml/contract'
import { record } from '../audit/record.ts'
import type { Tx } from '../db/db.ts'
import type { Deps } from '../deps.ts'
import { insertMark } from './store.ts'

/** A mark that a version is about to get. */
export type NewMark = {
  version: Pick<ModelVersion, 'project' | 'model' | 'number' | 'digest' | 'source'>
  mark: VersionMark['mark']
  reason: string
  recallId?: string
  /** Whether the same bytes under another number are barred as well. Default: they are. */
  onVersionAlone?: boolean
}

/** Puts a mark on a version, with its audit event, in the transaction of the act that calls for it. */
export async function markVersion(
  tx: Tx,
  deps: Pick<Deps, 'now' | 'newId'>,
  { version, mark, reason, recallId, onVersionAlone = false }: NewMark,
  by: { actor: Actor; requestId: string | null },
): Promise<void> {
  const { project, model, number, digest, source } = version
  await insertMark(tx, {
    id: deps.newId(),
    project,
    model,
    number,
    digest: onVersionAlone ? null : digest,
    source_workspace: source.workspace,
    source_number: source.number,
    mark,
    reason,
    recall_id: recallId ?? null,
    at: deps.now().toISOString(),
    by_name: by.actor.name,
    by_person: by.actor.person,
    released_at: null,
    released_by: null,
  })
  await record(tx, deps, {
    type: `model-version.${mark}`,
    actor: by.actor,
    requestId: by.requestId,
    project,
    subject: { kind: 'model-version', id: `${model}/${number}`, digest },
    after: { mark, ...(recallId !== undefined && { recallId }) },
    reason,
  })
}
