import {
  type ArtifactRef,
  type ArtifactType,
  type HookRun,
  type Json,
  type LogLine,
  PlatformError,
  type SnapshotStep,
} from '@airlock-ml/contract'
import { registerArtifact } from '../artifacts/register.ts'
import type { Tx } from '../db/db.ts'
import { toJson } from '../db/json.ts'
import { transact } from '../db/transact.ts'
import type { Deps } from '../deps.ts'
import { artifactNameOf } from './artifact-name.ts'
import { demandWanted, inputsOf } from './inputs.ts'
import { holdRun } from './lease.ts'
import { appendLogs } from './log-store.ts'
import type { SnapshotSpecs } from './snapshot-specs.ts'
import { appendAttempt, endStep, insertStep, insertStepInputs } from './step-store.ts'

/** Which step, and the proof that the caller holds its run. */
export type HeldStep = { project: string; runId: string; step: string; leaseToken: string }

/**
 * Records that a step starts. What it reads is worked out here from the snapshot, not believed.
 * @throws PlatformError those of `holdRun`, `step_run_not_found`, `step_conflict`, `artifact_not_found`, `run_cancel_requested`
 */
export const startStep = (
  deps: Deps,
  specs: SnapshotSpecs,
  held: HeldStep,
): Promise<{ startedAt: string; inputs: Record<string, ArtifactRef> }> =>
  transact(deps.db, async (tx) => {
    const run = await holdRun(tx, deps, held)
    demandWanted(run)
    const step = await specs.stepOf(tx, run, held.step)
    const inputs = await inputsOf(tx, run, step)
    const startedAt = deps.now().toISOString()
    const isNew = await insertStep(tx, {
      run_id: run.id,
      name: step.name,
      status: 'running',
      started_at: startedAt,
      ended_at: null,
      metadata: toJson({}),
      error: null,
    })
    if (!isNew) throw new PlatformError('step_conflict', `The step ${step.name} was started already.`)
    await insertStepInputs(
      tx,
      Object.entries(inputs).map(([input, { id }]) => ({ run_id: run.id, step: step.name, input, artifact_id: id })),
    )
    return { startedAt, inputs }
  })

/** What a step has made and said. */
export type StepResult = {
  outputs: Record<string, { type: ArtifactType; digest: string; metadata: Record<string, Json> }>
  metadata: Record<string, Json>
  hooks: HookRun[]
  logs: LogLine[]
  cacheKey?: string | undefined
}

/**
 * Records what a step made: exactly the outputs that the snapshot names, whose bytes were stored before.
 * @throws PlatformError those of `holdRun`, `step_run_not_found`, `step_conflict`, `blob_not_found`, `artifact_type_differs`
 */
export const completeStep = (
  deps: Deps,
  specs: SnapshotSpecs,
  held: HeldStep,
  result: StepResult,
): Promise<{ outputs: Record<string, ArtifactRef> }> =>
  transact(deps.db, async (tx) => {
    const run = await holdRun(tx, deps, held)
    const step = await specs.stepOf(tx, run, held.step)
    checkOutputs(step, result.outputs)
    await endHeldStep(tx, held, {
      status: 'completed',
      at: deps.now().toISOString(),
      metadata: result.metadata,
      error: null,
      hooks: result.hooks,
      cacheKey: result.cacheKey,
    })
    const outputs: Record<string, ArtifactRef> = {}
    for (const [output, { type, digest, metadata }] of Object.entries(result.outputs))
      outputs[output] = await registerArtifact(tx, deps, {
        project: run.project,
        name: artifactNameOf(run, step, output),
        type,
        digest,
        metadata,
        producedBy: { runId: run.id, step: step.name, output },
      })
    await appendLogs(tx, { runId: run.id, name: step.name }, result.logs)
    return { outputs }
  })

function checkOutputs(step: SnapshotStep, outputs: StepResult['outputs']): void {
  const wanted = Object.entries(step.outputs)
  const missing = wanted
    .filter(([name, { type }]) => outputs[name]?.type !== type)
    .map(([name, { type }]) => `${name} (${type})`)
  const extra = Object.keys(outputs).filter((name) => !step.outputs[name])
  if (missing.length === 0 && extra.length === 0) return
  throw new PlatformError('step_conflict', `The outputs of ${step.name} are not those of its snapshot.`, {
    missing,
    extra,
  })
}

/** @throws PlatformError those of `holdRun`, `step_conflict` */
export const failStep = (
  deps: Deps,
  held: HeldStep,
  failure: Pick<StepResult, 'metadata' | 'hooks' | 'logs'> & { status: 'failed' | 'cancelled'; error: string },
) =>
  transact(deps.db, async (tx) => {
    await holdRun(tx, deps, held)
    const endedAt = deps.now().toISOString()
    await endHeldStep(tx, held, { ...failure, at: endedAt })
    await appendLogs(tx, { runId: held.runId, name: held.step }, failure.logs)
    return { endedAt }
  })

/**
 * Records that an attempt failed and another follows; the step goes on running.
 * @throws PlatformError those of `holdRun`, `step_conflict`
 */
export const retryStep = (deps: Deps, held: HeldStep, failed: { error: string; delayMs: number; logs: LogLine[] }) =>
  transact(deps.db, async (tx) => {
    await holdRun(tx, deps, held)
    const { error, delayMs, logs } = failed
    const step = { runId: held.runId, name: held.step }
    const attempts = await appendAttempt(tx, step, { endedAt: deps.now().toISOString(), error, delayMs })
    if (attempts === 0) throw new PlatformError('step_conflict', `The step ${held.step} is not running.`)
    await appendLogs(tx, step, logs)
    return { attempt: attempts + 1 }
  })

async function endHeldStep(tx: Tx, { runId, step }: HeldStep, end: Parameters<typeof endStep>[2]): Promise<void> {
  if (await endStep(tx, { runId, name: step }, end)) return
  throw new PlatformError('step_conflict', `The step ${step} is not running.`)
}

/** @throws PlatformError those of `holdRun`, `step_run_not_found` */
export const logStep = (deps: Deps, specs: SnapshotSpecs, held: HeldStep, lines: LogLine[]) =>
  transact(deps.db, async (tx) => {
    const run = await holdRun(tx, deps, held)
    await specs.stepOf(tx, run, held.step)
    await appendLogs(tx, { runId: run.id, name: held.step }, lines)
    return { appended: lines.length }
  })
