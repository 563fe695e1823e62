import { type Evidence, type GateVerdict, type HeldStage, PlatformError, type Policy } from '@airlock-ml/contract'
import type { Db } from '../db/db.ts'
import { findVersion } from '../models/store.ts'
import { askGate, parseGate } from './gate.ts'
import { findPolicy } from './store.ts'

/** What a stage's policy says of a version. */
export type Admission = { policy: Policy; gates: GateVerdict[]; passed: boolean }

/** Who asks to enter which stage, on what evidence. */
export type Entry = { project: string; model: string; stage: HeldStage; evidence: Evidence }

/**
 * The one policy function of a stage: promotion, import and rollback all go through it, inside the transaction that
 * would change the holder.
 * @throws PlatformError `policy_missing`: without a policy nothing enters
 */
export async function admit(db: Db, { project, model, stage, evidence }: Entry): Promise<Admission> {
  const policy = await findPolicy(db, { project, stage })
  if (!policy)
    throw new PlatformError('policy_missing', `The project ${project} has no policy for ${stage}.`, { project, stage })
  const holder = await findVersion(db, { project, model }, { stage })
  const known: Evidence = {
    ...evidence,
    history: {
      grade: 'recomputed',
      value: { holder: holder?.number ?? null, holder_metrics: holder?.metrics ?? null },
    },
  }
  const gates = policy.spec.gates.map((gate) => askGate(parseGate(gate), known))
  return { policy, gates, passed: gates.every(({ verdict }) => verdict === 'passed') }
}

/** @throws PlatformError `gates_failed`, with every gate's verdict */
export function demandPassed({ gates, passed, policy }: Admission, what: string): void {
  if (!passed) throw gatesFailed(gates, `${what} does not pass the policy ${policy.name} (version ${policy.version})`)
}

export function gatesFailed(gates: GateVerdict[], what: string): PlatformError {
  const failed = gates.filter(({ verdict }) => verdict === 'failed')
  const why = failed.map(({ name, message }) => `${name}: ${message}`).join('; ')
  return new PlatformError('gates_failed', `${what}. ${why}`, { gates: failed })
}
