import type { Api, RouteResult } from '@airlock-ml/contract'
import { StepCache } from '../cache/step-cache.ts'
import type { PreparedRun } from './prepare-run.ts'
import { cancellationIn, RunCancelled } from './run-cancelled.ts'
import type { RunPipelineOptions } from './run-options.ts'
import { isLeaseLost, type RunSession } from './run-session.ts'
import { StrayError } from './stray-error.ts'

/** What the parts of a started run share, and the function that lets go of the caller's signals. */
export function openSession(
  options: Pick<RunPipelineOptions, 'client' | 'project' | 'onEvent' | 'signal' | 'stray' | 'now' | 'random' | 'cache'>,
  {
    started,
    graph,
    parameters,
    retryOf,
  }: Pick<PreparedRun, 'graph' | 'parameters' | 'retryOf'> & { started: RouteResult<Api['startRun']> },
): { session: RunSession; close: () => void } {
  const { client, project, signal, stray, onEvent = () => {}, now = () => new Date(), random = Math.random } = options
  const { run, lease } = started
  const stop = new AbortController()
  const cancel = () => stop.abort(new RunCancelled({ by: nameOf(signal?.reason) }))
  signal?.addEventListener('abort', cancel, { once: true })
  if (signal?.aborted) cancel()
  const held = { project, runId: run.id }
  const session: RunSession = {
    client,
    info: {
      id: run.id,
      pipeline: run.pipeline,
      environment: run.environment,
      project,
      model: pinnedModel(run.model),
    },
    snapshotDigest: run.snapshotDigest ?? '',
    parameters,
    held,
    leaseToken: lease.token,
    emit: onEvent,
    now,
    random,
    outputs: new Map(),
    retryOf,
    cache: options.cache ? new StepCache({ client, held, leaseToken: lease.token }, graph.steps, options.cache) : null,
    driftReports: new Set(),
    stop: stop.signal,
    journals: new Set(),
    noticeEnd: (error) => {
      const end = isLeaseLost(error) ? error : cancellationIn(error)
      if (end !== undefined) stop.abort(end)
    },
    cancel: (request) => stop.abort(new RunCancelled(request)),
  }
  const fail = () =>
    stop.abort(
      new StrayError(
        stray?.reason,
        [...session.journals].map(({ step }) => step),
      ),
    )
  stray?.addEventListener('abort', fail, { once: true })
  if (stray?.aborted) fail()
  const close = () => {
    signal?.removeEventListener('abort', cancel)
    stray?.removeEventListener('abort', fail)
  }
  return { session, close }
}

function pinnedModel(model: RouteResult<Api['startRun']>['run']['model']): RunSession['info']['model'] {
  if ((model?.action !== 'consumes' && model?.action !== 'compares') || model.number === null || model.digest === null)
    return null
  const { name, number, digest, champion } = model
  return { name, number, digest, ...(champion && { champion }) }
}

function nameOf(reason: unknown): string {
  if (typeof reason === 'string') return reason
  return reason instanceof Error && reason.name !== 'AbortError' ? reason.message : 'the caller'
}
