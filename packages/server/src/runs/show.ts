import type { Run } from '@airlock-ml/contract'
import type { Db } from '../db/db.ts'
import { fromJson } from '../db/json.ts'
import { existingRun } from './lease.ts'
import { stepRunsOf } from './step-store.ts'
import { summaryOf } from './store.ts'

/**
 * A run with its steps.
 * @throws PlatformError `run_not_found`
 */
export async function showRun(db: Db, project: string, runId: string): Promise<Run> {
  const row = await existingRun(db, project, runId)
  return {
    ...summaryOf(row),
    steps: await stepRunsOf(db, runId),
    metadata: fromJson(row.metadata),
    hooks: fromJson(row.hooks),
  }
}
