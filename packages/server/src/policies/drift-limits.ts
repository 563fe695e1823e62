import { DriftLimits, HeldStage, MonitoringSettings, type PolicyMonitoring, type Stage } from '@airlock-ml/contract'
import type { Db } from '../db/db.ts'
import { findPolicy } from './store.ts'

/** By how much rows of a batch may differ from those of training: as the policy of the version's stage says. */
export async function driftLimitsOf(
  db: Db,
  { project, stage }: { project: string; stage: Stage | undefined },
): Promise<DriftLimits> {
  const { data: held } = HeldStage.safeParse(stage)
  const policy = held && (await findPolicy(db, { project, stage: held }))
  return driftLimits(policy?.spec.monitoring)
}

/** Limits with the defaults of deployments for what a policy leaves out. */
export function driftLimits(policy: PolicyMonitoring = {}): DriftLimits {
  const { min_rows: minRows, out_of_range: outOfRange, ...rest } = policy
  const given = Object.entries({ ...rest, minRows, outOfRange }).filter(([, limit]) => limit !== undefined)
  return DriftLimits.parse({ ...MonitoringSettings.parse({}), ...Object.fromEntries(given) })
}
