import type { Api, Json, RouteResult } from '@airlock-ml/contract'
import type { RunPipelineOptions } from './run-options.ts'
import { isLeaseLost, type RunSession } from './run-session.ts'

/** Why a run stops before its end when somebody asks for it. */
class RunCancelled extends Error {}

/** What the parts of a started run share, and the function that lets go of the caller's signal. */
export function openSession(
  options: Pick<RunPipelineOptions, 'client' | 'project' | 'onEvent' | 'signal' | 'now'>,
  { started, parameters }: { started: RouteResult<Api['startRun']>; parameters: Readonly<Record<string, Json>> },
): { session: RunSession; close: () => void } {
  const { client, project, signal, onEvent = () => {}, now = () => new Date() } = options
  const { run, lease } = started
  const stop = new AbortController()
  const cancel = () => stop.abort(new RunCancelled(`cancelled by ${nameOf(signal?.reason)}`))
  signal?.addEventListener('abort', cancel, { once: true })
  if (signal?.aborted) cancel()
  const session: RunSession = {
    client,
    info: {
      id: run.id,
      pipeline: run.pipeline,
      environment: run.environment,
      project,
      model: pinnedModel(run.model),
    },
    parameters,
    held: { project, runId: run.id },
    leaseToken: lease.token,
    emit: onEvent,
    now,
    stop: stop.signal,
    journals: new Set(),
    noticeLost: (error) => {
      if (isLeaseLost(error)) stop.abort(error)
    },
  }
  return { session, close: () => signal?.removeEventListener('abort', cancel) }
}

function pinnedModel(model: RouteResult<Api['startRun']>['run']['model']): RunSession['info']['model'] {
  if (model?.action !== 'consumes' || model.number === null || model.digest === null) return null
  return { name: model.name, number: model.number, digest: model.digest }
}

function nameOf(reason: unknown): string {
  if (typeof reason === 'string') return reason
  return reason instanceof Error && reason.name !== 'AbortError' ? reason.message : 'the caller'
}
