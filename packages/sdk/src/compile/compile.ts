import { type Environment, type SnapshotModel, SnapshotSpec, type SnapshotSpec as Spec } from '@airlock-ml/contract'
import { invalid } from '../define/check-names.ts'
import type { Pipeline } from '../define/pipeline.ts'
import { schemaProblems } from '../schema-problems.ts'
import { buildGraph } from './build-graph.ts'
import type { Graph } from './graph.ts'
import { parseParams } from './parse-params.ts'

// The contract's own limit.
const mostSteps = 20_000

/** With what a pipeline is compiled. */
export interface CompileOptions {
  readonly params: Readonly<Record<string, unknown>>
  readonly environment: Environment
  /** Name of the stack it will run on. */
  readonly stack: string
  /** As `codeOf` works it out. */
  readonly code: Spec['code']
  /** Paths of hook modules in the project, run in this order at the end of the run, or when a breach of drift begins. */
  readonly hooks?: { readonly [On in 'success' | 'failure' | 'drift']?: readonly string[] | undefined }
  /** Lets every step be cached but one that says `cache: false`. Default: those that say `cache: true`. */
  readonly cacheAll?: boolean
}

/**
 * Compiles a pipeline to an inert snapshot: its steps, how they are wired, every parameter. Takes time linear in the
 * number of steps. The same code and parameters give the same snapshot.
 *
 * Throws `parameter_invalid` for parameters that do not fit, and `pipeline_invalid` for wiring that does not hold
 * together: two steps of one name, a missing or unknown input, a model that is not returned.
 */
export function compile(pipeline: Pipeline, options: CompileOptions): Spec {
  const parameters = parseParams(pipeline.params, options.params, `pipeline "${pipeline.name}"`)
  const graph = buildGraph(pipeline, parameters)
  const spec: Spec = {
    formatVersion: 1,
    pipeline: pipeline.name,
    environment: options.environment,
    stack: options.stack,
    parameters,
    steps: graph.steps.map(({ step, neverCached }) =>
      options.cacheAll && !neverCached ? { ...step, cache: true } : step,
    ),
    model: modelOf(pipeline, graph),
    code: options.code,
    hooks: {
      success: [...(options.hooks?.success ?? [])],
      failure: [...(options.hooks?.failure ?? [])],
      ...(options.hooks?.drift?.length && { drift: [...options.hooks.drift] }),
    },
  }
  check(spec)
  return spec
}

/** Checks what callers passed. The builder made the steps and checked each; the server checks all of it again. */
function check(spec: Spec): void {
  if (spec.steps.length > mostSteps) {
    throw invalid(
      `Pipeline "${spec.pipeline}" has ${spec.steps.length} steps. The most are ${mostSteps}: do more in each.`,
    )
  }
  const shown = { ...spec, steps: spec.steps.slice(0, 1) }
  const checked = SnapshotSpec.safeParse(shown)
  if (checked.success) return
  const problems = schemaProblems(SnapshotSpec, shown, checked.error).map(({ path, message }) => `${path} ${message}`)
  throw invalid(`Pipeline "${spec.pipeline}" cannot be stored: ${problems.join(' ')}`)
}

function modelOf({ trains, uses, compares, serves }: Pipeline, graph: Graph): SnapshotModel | null {
  if (uses) return { action: 'consumes', name: uses.model }
  if (compares && graph.compared) {
    const { step, output } = graph.compared
    return { action: 'compares', name: compares.model, comparison: { step, output } }
  }
  if (serves && graph.answered) {
    const { step, output } = graph.answered
    return { action: 'serves', name: serves.model, answers: { step, output } }
  }
  if (!trains || !graph.trained) return null
  const artifacts = Object.entries(graph.trained).map(([role, { step, output }]) => [role, { step, output }])
  const { target, positive } = trains.evaluation
  return {
    action: 'trains',
    name: trains.model,
    artifacts: Object.fromEntries(artifacts),
    evaluation: { target, positive },
  }
}
