import type { Evidence, ModelVersion } from '@airlock-ml/contract'
import type { Db } from '../db/db.ts'
import { changesOldestFirst } from './change-store.ts'

/** The evidence of a version with when it last got `staging` here, which soak time is counted from. */
export async function withStagedAt(db: Db, version: ModelVersion): Promise<Evidence> {
  const { evidence, number } = version
  if (version.source.bundleDigest || !evidence.source) return evidence
  const changes = await changesOldestFirst(db, version, 'staging')
  const last = changes.findLast((change) => change.number === number)
  return {
    ...evidence,
    source: { ...evidence.source, value: { ...evidence.source.value, staged_at: last?.at ?? null } },
  }
}
