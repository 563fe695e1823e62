import { availableParallelism, hostname } from 'node:os'
import { type HookRun, isPlatformError, type Run, type RunError } from '@airlock-ml/contract'
import { crashPoint } from '@airlock-ml/stack/crash-point'
import type { Graph } from '../compile/graph.ts'
import { callDriftHooks } from '../drift-hook/call-drift-hooks.ts'
import { executeStep } from './execute-step.ts'
import { failureMessage } from './failure-message.ts'
import { noHooks } from './hook.ts'
import { keepLease } from './keep-lease.ts'
import { openSession } from './open-session.ts'
import { prepareRun } from './prepare-run.ts'
import { cancellationIn, RunCancelled } from './run-cancelled.ts'
import type { NewVersion } from './run-event.ts'
import { runHooks } from './run-hooks.ts'
import type { RunOutcome, RunPipelineOptions } from './run-options.ts'
import { isLeaseLost, type RunSession } from './run-session.ts'
import { schedule } from './schedule.ts'

/**
 * Runs a compiled pipeline in this process and records it in a workspace: steps in parallel where nothing stands
 * between them, each input read and checked, each output stored before it is recorded, hooks once at the end.
 *
 * A step or success hook that throws gives a failed run and a cancellation a cancelled one, not a rejection. Rejects with a
 * `PlatformError` when there is no run to speak of or its end could not be recorded: `pipeline_invalid` when the
 * pipeline is not what the snapshot was compiled from, `hook_invalid` when hooks of the snapshot are not given,
 * `run_lease_lost`, and those of the workspace.
 */
export async function runPipeline(options: RunPipelineOptions): Promise<RunOutcome> {
  const prepared = await prepareRun(options)
  const { snapshotId, graph, retryOf } = prepared
  options.signal?.throwIfAborted()
  const { client, project, version, champion, labels = {} } = options
  const executor = { host: hostname(), pid: process.pid }
  const body = {
    ...{ snapshotId, labels, executor },
    ...(version && { version }),
    ...(champion && { champion }),
    ...(retryOf && { retryOf: retryOf.runId }),
  }
  const started = await client.startRun({ project, body })
  await crashPoint('run:started')
  const { session, close } = openSession(options, { ...prepared, started })
  const leaseMs = Date.parse(started.lease.expiresAt) - Date.parse(started.run.startedAt)
  const stopKeeping = keepLease(session, leaseMs)
  try {
    session.emit({ type: 'run-started', run: started.run, steps: graph.steps.map(({ step }) => step.name) })
    return await runToEnd(session, graph, { ...options, action: started.run.model?.action })
  } finally {
    stopKeeping()
    close()
  }
}

async function runToEnd(
  session: RunSession,
  graph: Graph,
  options: RunPipelineOptions & { action: NonNullable<Run['model']>['action'] | undefined },
): Promise<RunOutcome> {
  const { concurrency = availableParallelism(), hooks = noHooks, labels = {} } = options
  const execute = (step: Graph['steps'][number], skippedBy?: string) => executeStep(session, step, skippedBy)
  const scheduled = await schedule(graph.steps, { concurrency, execute, stop: session.stop })
  if (!isLeaseLost(session.stop.reason)) await callDriftHooks(session, hooks.drift ?? [])
  const failed = stoppedBy(session, scheduled)
  if (failed) return await fail(session, options, { error: failed, hooks: [] })
  if (options.action === 'trains' || options.action === 'compares') {
    const { held, leaseToken } = session
    const refused = await refusalOf(session, () => session.client.checkRun({ ...held, body: { leaseToken } }))
    const unfit = stoppedBy(session, refused)
    if (unfit) return await fail(session, options, { error: unfit, hooks: [] })
  }
  const hookRuns = await runHooks(session, hooks, { on: 'success', labels, error: null })
  const refusal = hookRuns.find(({ outcome }) => outcome === 'failed')
  const message = `The success hook ${refusal?.name} failed: ${refusal?.error}`
  const refused = stoppedBy(session, refusal ? { step: null, message } : null)
  if (refused) return await fail(session, options, { error: refused, hooks: hookRuns })
  return await complete(session, options, hookRuns)
}

/** A cancellation explains the failures that came of it; with a lost lease nothing more can be recorded. */
function stoppedBy({ stop }: RunSession, failure: RunError | null): RunError | null {
  if (!stop.aborted) return failure
  if (isLeaseLost(stop.reason)) throw stop.reason
  return { step: null, message: failureMessage(stop.reason, 'The caller') }
}

async function complete(session: RunSession, options: RunPipelineOptions, hooks: HookRun[]): Promise<RunOutcome> {
  await crashPoint('run:completing')
  const { held, leaseToken } = session
  let completed: Run | undefined
  const refusal = await refusalOf(session, async () => {
    completed = await session.client.completeRun({ ...held, body: { leaseToken, hooks } })
  })
  if (!completed) return await fail(session, options, { error: refusal!, hooks })
  const version = versionOf(completed)
  session.emit({ type: 'run-completed', run: completed, version })
  return { run: completed, version }
}

/** What the workspace refuses about the end of a run. Without an answer it may have done it: that is thrown. */
async function refusalOf(session: RunSession, act: () => Promise<unknown>): Promise<RunError | null> {
  try {
    await act()
    return null
  } catch (error) {
    const isKnown = isPlatformError(error) && error.code !== 'workspace_unreachable' && !isLeaseLost(error)
    if (!isKnown) throw error
    session.noticeEnd(error)
    const { message } = cancellationIn(error) ?? error
    return { step: null, message }
  }
}

async function fail(
  session: RunSession,
  options: RunPipelineOptions,
  failure: { error: RunError; hooks: HookRun[] },
): Promise<RunOutcome> {
  const { hooks = noHooks, labels = {} } = options
  const { error } = failure
  const status = session.stop.reason instanceof RunCancelled ? ('cancelled' as const) : ('failed' as const)
  const hookRuns = [...failure.hooks, ...(await runHooks(session, hooks, { on: 'failure', labels, error }))]
  const body = { leaseToken: session.leaseToken, status, error, hooks: hookRuns }
  const run = await session.client.failRun({ ...session.held, body })
  session.emit({ type: `run-${status}`, run, error })
  return { run, version: null }
}

function versionOf({ model }: Run): NewVersion | null {
  if (model?.action !== 'trains' || model.number === null || model.digest === null) return null
  return { model: model.name, number: model.number, digest: model.digest }
}
