import {
  type GateVerdict,
  type HeldStage,
  type ModelVersion,
  PlatformError,
  type RollbackVerification,
  type StageChange,
} from '@airlock-ml/contract'
import { crashPoint } from '@airlock-ml/stack/crash-point'
import { record } from '../audit/record.ts'
import type { Db, Tx } from '../db/db.ts'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import type { RequestContext } from '../http/request-context.ts'
import { candidateOf } from '../marks/candidate.ts'
import { markVersion } from '../marks/mark-version.ts'
import { changeStage } from '../models/change-stage.ts'
import { changesOldestFirst } from '../models/change-store.ts'
import { existingVersion } from '../models/existing.ts'
import { type Admission, admit, demandPassed } from '../policies/admit.ts'
import { reread } from './promote.ts'
import { verifyTarget } from './verify-target.ts'

/** Which stage goes back, and to whom: by default to whoever really held it before. */
export type Wanted = {
  project: string
  model: string
  stage: HeldStage
  toNumber?: number | undefined
  reason: string
  dryRun: boolean
  drill: boolean
}

type RolledBack = {
  dryRun: boolean
  drill: boolean
  from: ModelVersion
  to: ModelVersion
  gates: GateVerdict[]
  change: StageChange | null
  verification: RollbackVerification
  timings: { verificationMs: number; commitMs: number | null }
}

/**
 * Gives a stage back to an earlier holder, in one transaction, through the stage's policy: its gates are asked again,
 * its approvals are not, since those were given to the same bytes when they first came in. The target is verified
 * first. The version that is left is marked as rolled back and does not come back until it is released by name. A dry
 * run does all but the change; a drill does that too, takes it back, and is on record with the times it took.
 * @throws PlatformError `stage_empty`, `rollback_no_history`, `rollback_target_invalid`, `already_in_stage`,
 * `policy_missing`, `gates_failed`, and those of `verifyTarget` and `demandUnmarked`
 */
export async function rollback(deps: Deps, wanted: Wanted, by: RequestContext): Promise<RolledBack> {
  const { dryRun, drill } = wanted
  const startedMs = performance.now()
  const { from, to, admission } = await prepare(deps.db, deps, wanted)
  const verification = await verifyTarget(deps, to)
  const verificationMs = performance.now() - startedMs
  const about = { dryRun, drill, verification }
  const unchanged = { ...about, from, to, gates: admission.gates, change: null }
  if (dryRun && !drill) return { ...unchanged, timings: { verificationMs, commitMs: null } }
  const verifiedMs = performance.now()
  const chosen = { ...wanted, toNumber: to.number }
  if (!drill) {
    const done = await transact(deps.db, (tx) => change(tx, deps, chosen, by))
    const timings = { verificationMs, commitMs: performance.now() - verifiedMs }
    await crashPoint('rollback:committed')
    return { ...about, ...done, timings }
  }
  await takingBack((undo) => transact(deps.db, async (tx) => undo(await change(tx, deps, chosen, by))))
  const timings = { verificationMs, commitMs: performance.now() - verifiedMs }
  await recordDrill(deps, { ...unchanged, timings }, by)
  return { ...unchanged, timings }
}

async function change(tx: Tx, deps: Deps, wanted: Wanted, by: RequestContext) {
  const { stage, reason } = wanted
  const { from, to, admission } = await prepare(tx, deps, wanted)
  const { policy, gates } = admission
  const change = await changeStage(
    tx,
    deps,
    { version: to, stage, act: 'rollback', reason, promotionId: null, policyVersion: policy.version },
    by,
  )
  const onVersionAlone = from.digest === to.digest
  await markVersion(tx, deps, { version: from, mark: 'rolled-back', reason, onVersionAlone }, by)
  return { from: await reread(tx, from), to: await reread(tx, to), gates, change }
}

class TakenBack extends Error {}

/** Runs a transaction that ends by throwing, so that nothing of it stays. */
async function takingBack(work: (undo: (done: unknown) => never) => Promise<never>): Promise<void> {
  try {
    await work(() => {
      throw new TakenBack()
    })
  } catch (error) {
    if (!(error instanceof TakenBack)) throw error
  }
}

const recordDrill = (deps: Deps, { from, to, timings }: RolledBack, by: RequestContext) =>
  transact(deps.db, (tx) =>
    record(tx, deps, {
      type: 'rollback.drilled',
      actor: by.actor,
      requestId: by.requestId,
      project: to.project,
      subject: { kind: 'model-version', id: `${to.model}/${to.number}`, digest: to.digest },
      after: { holder: from.number, target: to.number, ...timings },
    }),
  )

async function prepare(
  db: Db,
  deps: Deps,
  wanted: Wanted,
): Promise<{ from: ModelVersion; to: ModelVersion; admission: Admission }> {
  const { project, model, stage } = wanted
  const from = await existingVersion(db, wanted, { stage })
  const number = targetOf(await changesOldestFirst(db, wanted, stage), { ...wanted, current: from.number })
  const to = await existingVersion(db, wanted, { number })
  const admission = await admit(db, deps, {
    project,
    model,
    stage,
    evidence: to.evidence,
    candidate: candidateOf(to),
    act: 'return',
    requester: null,
  })
  demandPassed(admission, `${model} ${number}`)
  return { from, to, admission }
}

function targetOf(changes: StageChange[], { model, stage, toNumber, current }: Wanted & { current: number }): number {
  if (toNumber === current) throw new PlatformError('already_in_stage', `${model} ${current} holds ${stage} already.`)
  if (toNumber === undefined) {
    const before = holdersInOrder(changes).at(-2)
    if (before !== undefined) return before
    throw new PlatformError('rollback_no_history', `${model} ${current} is the first version that held ${stage}.`)
  }
  if (changes.some(({ number }) => number === toNumber)) return toNumber
  throw new PlatformError('rollback_target_invalid', `${model} ${toNumber} never held ${stage}.`, {
    held: [...new Set(changes.map(({ number }) => number))],
  })
}

/**
 * The chain of holders that led to the present one, oldest first. A rollback takes off what it undid, so that the next
 * one goes further back and not to what was just left.
 */
export function holdersInOrder(changes: readonly StageChange[]): number[] {
  const chain: number[] = []
  for (const { act, number } of changes) {
    if (act === 'rollback') while (chain.length > 0 && chain.at(-1) !== number) chain.pop()
    if (chain.at(-1) !== number) chain.push(number)
  }
  return chain
}
