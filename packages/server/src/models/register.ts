import type { ModelVersion } from '@airlock-ml/contract'
import { record } from '../audit/record.ts'
import type { Tx } from '../db/db.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { insertVersion, nextNumber } from './store.ts'

/** A version before it has its number here. The source's number may be that number: then it is left out. */
export type NewVersion = Omit<ModelVersion, 'id' | 'number' | 'stage' | 'createdAt' | 'createdBy' | 'source'> & {
  source: Omit<ModelVersion['source'], 'number'> & { number?: number }
}

/** Registers a new version under the model's next number, in the transaction that ends its run. */
export async function registerVersion(
  tx: Tx,
  deps: Pick<Deps, 'now' | 'newId'>,
  wanted: NewVersion,
  by: Pick<RequestContext, 'actor'> & { requestId: string | null; onBehalfOf?: string },
): Promise<ModelVersion> {
  const createdAt = deps.now().toISOString()
  const number = await nextNumber(tx, wanted, createdAt)
  const version: ModelVersion = {
    ...wanted,
    id: deps.newId(),
    number,
    stage: 'none',
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
  return version
}
