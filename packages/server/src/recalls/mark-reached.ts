import type { ModelVersion, Recall } from '@airlock-ml/contract'
import type { Tx } from '../db/db.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { markVersion } from '../marks/mark-version.ts'
import { recalledText } from '../marks/match-recall.ts'

/** Marks the versions that a recall reaches, but for those that carry such a mark. */
export async function markReached(
  tx: Tx,
  deps: Pick<Deps, 'now' | 'newId'>,
  { recall, versions }: { recall: Recall; versions: readonly ModelVersion[] },
  by: Pick<RequestContext, 'actor'> & { requestId: string | null },
): Promise<void> {
  const reason = `descends from ${recalledText(recall)}: ${recall.reason}`
  for (const version of versions)
    if (!version.marks.some(({ mark }) => mark === 'recalled'))
      await markVersion(tx, deps, { version, mark: 'recalled', reason, recallId: recall.id }, by)
}
