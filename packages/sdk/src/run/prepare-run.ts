import { type Json, PlatformError, type Snapshot, type SnapshotSpec } from '@airlock-ml/contract'
import { buildGraph } from '../compile/build-graph.ts'
import type { Graph } from '../compile/graph.ts'
import type { Pipeline } from '../define/pipeline.ts'
import { jsonText } from '../json-text.ts'
import { type Hooks, noHooks } from './hook.ts'
import type { RunPipelineOptions } from './run-options.ts'

/** What is known before a run starts. */
export interface PreparedRun {
  readonly snapshotId: string
  readonly graph: Graph
  readonly parameters: Readonly<Record<string, Json>>
  /** The run that is retried, with the steps that completed there. */
  readonly retryOf: { readonly runId: string; readonly completed: ReadonlySet<string> } | null
}

/** Stores or reads the snapshot, and makes sure that the code and hooks at hand are those it speaks of. */
export async function prepareRun(options: RunPipelineOptions): Promise<PreparedRun> {
  const { id, spec } = await snapshotOf(options)
  demandHooks(spec, options.hooks)
  const graph = matchingGraph(options.pipeline, { id, spec })
  return { snapshotId: id, graph, parameters: spec.parameters, retryOf: await retriedRun(options) }
}

async function retriedRun({ client, project, retryOf }: RunPipelineOptions): Promise<PreparedRun['retryOf']> {
  if (retryOf === undefined) return null
  const { steps } = await client.showRun({ project, runId: retryOf })
  const completed = steps.filter(({ status }) => status === 'completed' || status === 'cached')
  return { runId: retryOf, completed: new Set(completed.map(({ name }) => name)) }
}

async function snapshotOf({ client, project, snapshot }: RunPipelineOptions): Promise<Snapshot> {
  if ('id' in snapshot) return await client.showSnapshot({ project, snapshotId: snapshot.id })
  return await client.createSnapshot({ project, body: snapshot })
}

function matchingGraph(pipeline: Pipeline, { id, spec }: { id: string; spec: SnapshotSpec }): Graph {
  const graph = pipeline.name === spec.pipeline ? buildGraph(pipeline, spec.parameters) : undefined
  if (graph && wiring(graph.steps.map(({ step }) => step)) === wiring(spec.steps)) {
    return { ...graph, steps: graph.steps.map((planned, at) => ({ ...planned, step: spec.steps[at]! })) }
  }
  throw new PlatformError(
    'pipeline_invalid',
    `Pipeline "${pipeline.name}" is not what snapshot ${id} was compiled from: its steps or their wiring differ. Compile it again, or check out the commit of the snapshot.`,
  )
}

/** What may be cached is the snapshot's to say, since it can be compiled to cache more. */
const wiring = (steps: SnapshotSpec['steps']) => jsonText(steps.map(({ cache: _, ...step }) => step))

/** Hooks belong to the platform: a run without those of its snapshot does not start. */
function demandHooks({ hooks }: SnapshotSpec, given: Hooks = noHooks): void {
  for (const on of ['success', 'failure', 'drift'] as const) {
    const names = (given[on] ?? []).map(({ name }) => name)
    const wanted = hooks[on] ?? []
    if (jsonText(names) === jsonText(wanted)) continue
    const message = `The snapshot names the ${on} hooks [${wanted.join(', ')}], but given were [${names.join(', ')}].`
    throw new PlatformError('hook_invalid', message)
  }
}
