import { type ModelVersion, PlatformError } from '@airlock-ml/contract'
import type { Db } from '../db/db.ts'
import { candidateOf } from '../marks/candidate.ts'
import { demandUnmarked } from '../marks/demand-unmarked.ts'

/** Why a version may answer nobody: it was rejected, rolled back or recalled; null when it was not. */
export async function whyBarred(db: Db, version: ModelVersion): Promise<string | null> {
  try {
    await demandUnmarked(db, candidateOf(version))
    return null
  } catch (error) {
    if (error instanceof PlatformError) return error.message
    throw error
  }
}
