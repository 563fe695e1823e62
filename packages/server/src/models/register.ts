import type { ModelVersion } from '@airlock-ml/contract'
import { record } from '../audit/record.ts'
import type { Tx } from '../db/db.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { candidateOf } from '../marks/candidate.ts'
import { markVersion } from '../marks/mark-version.ts'
import { matchRecall, recalledText } from '../marks/match-recall.ts'
import { nextNumber } from './store.ts'
import { findVersion, insertVersion } from './version-store.ts'

/** A version before it has its number here. The source's number may be that number: then it is left out. */
export type NewVersion = Omit<
  ModelVersion,
  'id' | 'number' | 'stage' | 'marks' | 'createdAt' | 'createdBy' | 'source'
> & {
  source: Omit<ModelVersion['source'], 'number'> & { number?: number }
  /** Digests of what its training run read and made. */
  lineage: readonly string[]
  /** Those its training was computed from. */
  commits: readonly string[]
}

/**
 * Registers a new version under the model's next number, in the transaction that ends its run. What descends from
 * something that was recalled is registered as recalled: it is on record, and goes nowhere.
 */
export async function registerVersion(
  tx: Tx,
  deps: Pick<Deps, 'now' | 'newId'>,
  { lineage, commits, ...wanted }: NewVersion,
  by: Pick<RequestContext, 'actor'> & { requestId: string | null; onBehalfOf?: string },
): Promise<ModelVersion> {
  const createdAt = deps.now().toISOString()
  const number = await nextNumber(tx, wanted, createdAt)
  const version: ModelVersion = {
    ...wanted,
    id: deps.newId(),
    number,
    stage: 'none',
    marks: [],
    source: { ...wanted.source, number: wanted.source.number ?? number },
    createdBy: by.onBehalfOf ?? by.actor.name,
    createdAt,
  }
  await insertVersion(tx, version)
  const { source } = version
  await record(tx, deps, {
    type: 'model-version.registered',
    actor: by.actor,
    requestId: by.requestId,
    project: version.project,
    subject: { kind: 'model-version', id: `${version.model}/${number}`, digest: version.digest },
    after: {
      runId: source.runId,
      source: `${source.workspace}/${source.model}/${source.number}`,
      bundleDigest: source.bundleDigest,
    },
  })
  const candidate = candidateOf(version)
  const recall = await matchRecall(tx, { ...candidate, commits, lineage: [...candidate.lineage, ...lineage] })
  if (!recall) return version
  const reason = `descends from ${recalledText(recall)}: ${recall.reason}`
  await markVersion(tx, deps, { version, mark: 'recalled', reason, recallId: recall.id }, by)
  return (await findVersion(tx, version, { number }))!
}
