import { type ModelVersion, PlatformError } from '@airlock-ml/contract'
import { crashPoint } from '@airlock-ml/stack/crash-point'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { markVersion } from '../marks/mark-version.ts'
import { existingVersion } from './existing.ts'
import { findHolderOfBytes } from './version-store.ts'

/** Which version, and why. */
export type Decision = { project: string; model: string; number: number; reason: string }

/**
 * Bars a version everywhere: it is not promoted, exported, imported or rolled back to, under this number or another.
 * What holds a stage is not rejected: it would go on holding it. Rejected again, it stays as it is.
 * @throws PlatformError `model_version_not_found`, `version_in_stage`
 */
export async function rejectVersion(deps: Deps, decision: Decision, by: RequestContext): Promise<ModelVersion> {
  const { number, reason } = decision
  const rejected = await transact(deps.db, async (tx) => {
    const version = await existingVersion(tx, decision, { number })
    if (version.marks.some(({ mark }) => mark === 'rejected')) return version
    const holder = await findHolderOfBytes(tx, version)
    if (holder)
      throw new PlatformError(
        'version_in_stage',
        holder.number === number
          ? `${version.model} ${number} holds ${holder.stage}.`
          : `${version.model} ${holder.number}, which is the same model, holds ${holder.stage}.`,
        { number: holder.number, stage: holder.stage },
      )
    await markVersion(tx, deps, { version, mark: 'rejected', reason }, by)
    return existingVersion(tx, decision, { number })
  })
  await crashPoint('version:rejected')
  return rejected
}
