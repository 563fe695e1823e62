import { type Json, StepName } from '@airlock-ml/contract'
import { type Artifact, type Artifacts, json, model, table } from '../define/artifact.ts'
import { withBuilder } from '../define/builder.ts'
import { checkStepName, invalid } from '../define/check-names.ts'
import type { Compares, Pipeline, Serves, Uses } from '../define/pipeline.ts'
import { makeRef, type Ref, readRef } from '../define/ref.ts'
import { isPlainObject, showValue } from '../show-value.ts'
import type { Graph } from './graph.ts'
import { GraphBuilder } from './graph-builder.ts'
import { refSource } from './wire-inputs.ts'

/** What every version of a model has. */
const standard: Artifacts = { model: model(), evaluation: table(), metrics: json() }

/** Calls a pipeline's `build` with parameters that were checked before. Throws `pipeline_invalid`. */
export function buildGraph(pipeline: Pipeline, params: Readonly<Record<string, Json>>): Graph {
  const builder = new GraphBuilder()
  const { uses, compares, serves } = pipeline
  const pinned = uses ?? serves
  const args = {
    params,
    model: pinned ? pinnedRefs(builder, pinned) : {},
    requests: serves && makeRef({ source: { from: 'requests' }, type: 'table', owner: builder }),
    champion: compares ? pinnedRefs(builder, compares, 'champion') : {},
    challenger: compares ? pinnedRefs(builder, compares) : {},
  }
  const returned = withBuilder(builder, () => pipeline.build(args))
  if (returned instanceof Promise) {
    // Its rejection is not what went wrong.
    returned.catch(() => {})
    throw invalid(`The build of pipeline "${pipeline.name}" is async. Wiring takes no time: make it a plain function.`)
  }
  if (builder.steps.length === 0) throw invalid(`Pipeline "${pipeline.name}" has no steps. Call one in its build.`)
  return {
    steps: builder.steps,
    trained: pipeline.trains ? trainedBy(pipeline, builder, returned) : null,
    compared: pipeline.compares ? returnedJson(pipeline, builder, { returned, name: 'comparison' }) : null,
    answered: pipeline.serves ? returnedJson(pipeline, builder, { returned, name: 'answers' }) : null,
  }
}

function pinnedRefs(
  builder: GraphBuilder,
  { artifacts }: Uses | Compares | Serves,
  of?: 'champion',
): Record<string, Ref> {
  return Object.fromEntries(
    Object.entries({ ...standard, ...artifacts }).map(([role, { type, codec }]) => {
      const source = { from: 'model' as const, role, ...(of && { of }) }
      return [role, makeRef({ source, type, kind: codec?.kind, owner: builder })]
    }),
  )
}

/** What a pinned version's artifact must be, by role. */
export function pinnedArtifact(pipeline: Pipeline, role: string): Artifact | undefined {
  return (pipeline.uses ?? pipeline.compares ?? pipeline.serves)?.artifacts?.[role] ?? standard[role]
}

function trainedBy(pipeline: Pipeline, builder: GraphBuilder, returned: unknown): Graph['trained'] {
  const what = `the build of pipeline "${pipeline.name}"`
  if (!isPlainObject(returned)) {
    throw invalid(
      `Pipeline "${pipeline.name}" trains a model, so its build must return { model, evaluation, metrics }, got ${showValue(returned)}.`,
    )
  }
  const roles = { ...standard, ...returned }
  return Object.fromEntries(
    Object.keys(roles).map((role) => {
      checkStepName(role, `One of the artifacts returned by ${what}`)
      const value = returned[role]
      const wanted = standard[role] ?? { ...model(), type: readRef(value)?.type ?? 'json' }
      const source = refSource(builder, value, { wanted, what: `"${role}", returned by ${what},` })
      if (source.from !== 'step') throw invalid(`"${role}", returned by ${what}, must be made by one of its steps.`)
      return [StepName.parse(role), source]
    }),
  )
}

/** What a pipeline that compares or is served answers with: JSON that one of its steps makes. */
function returnedJson(
  pipeline: Pipeline,
  builder: GraphBuilder,
  { returned, name }: { returned: unknown; name: 'comparison' | 'answers' },
): Graph['compared'] {
  const what = `"${name}", returned by the build of pipeline "${pipeline.name}",`
  const value = isPlainObject(returned) ? returned[name] : undefined
  const source = refSource(builder, value, { wanted: json(), what })
  if (source.from !== 'step') throw invalid(`${what} must be made by one of its steps.`)
  return source
}
