import {
  type Claims,
  type Evidence,
  type GateVerdict,
  type HeldStage,
  PlatformError,
  type Policy,
  type PolicySpec,
} from '@airlock-ml/contract'
import { comparisonEvidence } from '../comparisons/evidence.ts'
import type { Db } from '../db/db.ts'
import type { Deps } from '../deps.ts'
import type { Candidate } from '../marks/candidate.ts'
import { demandUnmarked } from '../marks/demand-unmarked.ts'
import { findVersion } from '../models/version-store.ts'
import { monitoringEvidence } from '../monitoring/evidence.ts'
import { askCalendar } from './calendar.ts'
import { askGate, parseGate, readsOnly } from './gate.ts'
import { askRequester, REQUESTER_GATE } from './requester.ts'
import { findPolicy } from './store.ts'

/** What a stage's policy says of a version. */
export type Admission = { policy: Policy; gates: GateVerdict[]; passed: boolean }

/**
 * Who asks to enter which stage, when, on what evidence. `return` is a rollback: bytes that held the stage before come
 * back whatever the calendar says and whoever asks, since what kept a bad version in place would do harm.
 */
export type Entry = {
  project: string
  model: string
  stage: HeldStage
  evidence: Evidence
  candidate: Candidate
  act: 'enter' | 'return'
  /** What the token of the job that asks said; null or undefined for whoever signed in otherwise. */
  requester: Claims | null | undefined
}

type Here = Pick<Deps, 'workspace' | 'now'>

/**
 * The one policy function of a stage: promotion, import and rollback all go through it, inside the transaction that
 * would change the holder. What was rejected, rolled back or recalled is refused before any gate is asked.
 * @throws PlatformError `policy_missing`: without a policy nothing enters; those of `demandUnmarked`
 */
export async function admit(db: Db, deps: Here, { candidate, ...entry }: Entry): Promise<Admission> {
  await demandUnmarked(db, candidate)
  const { project, stage, act } = entry
  const policy = await findPolicy(db, { project, stage })
  if (!policy)
    throw new PlatformError('policy_missing', `The project ${project} has no policy for ${stage}.`, { project, stage })
  const known = await withHistory(db, deps, { ...entry, digest: candidate.digest })
  const asked = act === 'enter' ? askRequester(policy.spec, entry.requester) : []
  const gates = [...asked, ...askPolicy(policy.spec, known, { act, now: deps.now() })]
  return { policy, gates, passed: gates.every(({ verdict }) => verdict === 'passed') }
}

/** Evidence with what this workspace knows of the stage: who holds it, with which metrics, and how both compare. */
export async function withHistory(
  db: Db,
  { workspace }: Pick<Here, 'workspace'>,
  { project, model, stage, evidence, digest }: Omit<Entry, 'candidate' | 'act' | 'requester'> & { digest: string },
): Promise<Evidence> {
  const holder = await findVersion(db, { project, model }, { stage })
  const value = {
    holder: holder?.number ?? null,
    holder_metrics: holder?.metrics ?? null,
    holder_evaluation: holder?.artifacts.evaluation?.digest ?? null,
  }
  const compared = await comparisonEvidence(
    db,
    { workspace: workspace.name },
    { challenger: { project, model, digest, evidence }, holder },
  )
  const watched = await monitoringEvidence(db, { project, digest })
  return { ...evidence, ...compared, ...watched, history: { grade: 'recomputed', value } }
}

const NOT_OF_RETURN = ['comparison', 'monitoring'] as const

/**
 * What a policy's gates say at a moment, and its calendar: freeze windows and soak time read like gates. A rollback is
 * not asked for a comparison, nor for what services saw: what it goes back to was seldom held against what it takes out,
 * and has not answered since.
 */
export const askPolicy = (
  spec: PolicySpec,
  evidence: Evidence,
  { act, now }: Pick<Entry, 'act'> & { now: Date },
): GateVerdict[] => [
  ...spec.gates
    .map(parseGate)
    .filter((gate) => act === 'enter' || !NOT_OF_RETURN.some((field) => readsOnly(gate, field)))
    .map((gate) => askGate(gate, evidence, now)),
  ...(act === 'enter' ? askCalendar(spec, evidence, now) : []),
]

/** @throws PlatformError `gates_failed` or `requester_not_allowed`, with the verdicts of the gates that failed */
export function demandPassed({ gates, passed, policy }: Admission, what: string): void {
  if (!passed) throw gatesFailed(gates, `${what} does not pass the policy ${policy.name} (version ${policy.version})`)
}

export function gatesFailed(gates: GateVerdict[], what: string): PlatformError {
  const failed = gates.filter(({ verdict }) => verdict === 'failed')
  const why = failed.map(({ name, message }) => `${name}: ${message}`).join('; ')
  const isRequester = failed.some(({ name }) => name === REQUESTER_GATE)
  return new PlatformError(isRequester ? 'requester_not_allowed' : 'gates_failed', `${what}. ${why}`, { gates: failed })
}
