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

/** By how much what a deployment answers may differ: as it sets itself, but by no more than the policy of its stage says. */
export async function heldToPolicy<Own extends DriftLimits>(
  db: Db,
  { project, stage }: { project: string; stage: HeldStage },
  own: Own,
): Promise<Own> {
  const policy = await findPolicy(db, { project, stage })
  const { psi, ks, shift, missing, out_of_range: outOfRange } = policy?.spec.monitoring ?? {}
  const limits = Object.entries({ psi, ks, shift, missing, outOfRange }) as [Measure, DriftLimit][]
  return { ...own, ...Object.fromEntries(limits.map(([name, limit]) => [name, stricter(own[name], limit)])) }
}

type Measure = 'psi' | 'ks' | 'shift' | 'missing' | 'outOfRange'
type DriftLimit = DriftLimits['psi'] | undefined

/** One that is not there sets nothing. */
function stricter(own: DriftLimits['psi'], policy: DriftLimit): DriftLimits['psi'] {
  if (!policy || !own) return policy ?? own
  return { warn: Math.min(own.warn, policy.warn), breach: Math.min(own.breach, policy.breach) }
}
