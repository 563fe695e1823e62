import type { Environment, Json, SingleSource } from '@airlock-ml/contract'
import type { Table } from '@airlock-ml/tabular'
import { z } from 'zod'
import { buildGraph, pinnedArtifact } from '../compile/build-graph.ts'
import type { Graph, GraphStep } from '../compile/graph.ts'
import { parseParams } from '../compile/parse-params.ts'
import type { Predictor } from '../define/artifact.ts'
import { invalid } from '../define/check-names.ts'
import type { Pipeline } from '../define/pipeline.ts'
import { materializers } from '../materializers/materializers.ts'
import { randomNumbers } from '../run/random.ts'
import type { RunInfo, StepContext, StepLog } from '../run/step-context.ts'
import { showValue } from '../show-value.ts'

/** With what a pipeline is made ready to answer. */
export interface ServingOptions {
  readonly params: Readonly<Record<string, unknown>>
  readonly environment: Environment
  readonly project: string
  /** Id of the deployment; the steps see it as the id of their run. */
  readonly deploymentId: string
  readonly log: StepLog
  readonly now?: () => Date
}

/** The version that answers, with the values of the artifacts that the steps read, by role. */
export interface ServingVersion {
  readonly number: number
  readonly digest: string
  readonly artifacts: Readonly<Record<string, unknown>>
}

/** A pipeline that is ready to answer, in this process. */
export interface ServingPlan {
  readonly pipeline: string
  /** Name of the model it answers with. */
  readonly model: string
  /** What `POST /invoke` calls the row. */
  readonly parameter: string
  /** JSON Schema of the answer to one row; null where the pipeline gives its answers no schema of an array of objects. */
  readonly answerSchema: Readonly<Record<string, unknown>> | null
  /** Roles of the version's artifacts that the steps read, without `model`. */
  readonly roles: readonly string[]
  /** The value of one of these artifacts, from its bytes. Rejects when they do not fit what the pipeline says of it. */
  read(role: string, bytes: Uint8Array): Promise<unknown>
  /**
   * Answers rows, in their order, with an object each. The steps run one after the other in the order of their calls,
   * on all rows at once; nothing is stored, and values pass as they are. Rejects with what a step throws, and with a
   * `TypeError` when there is not one object for each row.
   */
  answer(requests: Table, model: Predictor, version: ServingVersion): Promise<readonly object[]>
}

type Values = Map<string, unknown>

async function readAs(pipeline: Pipeline, role: string, bytes: Uint8Array): Promise<unknown> {
  const artifact = pinnedArtifact(pipeline, role)
  if (!artifact) throw new TypeError(`Pipeline "${pipeline.name}" reads no artifact "${role}" of its model.`)
  return await materializers[artifact.type].read(bytes, { artifact, what: `The model's "${role}"` })
}

/**
 * Makes a pipeline that `serves` ready to answer: it is built once, and no call of `answer` builds or looks up anything.
 * Throws `parameter_invalid` and `pipeline_invalid`, the latter also for steps that cannot answer in process: isolated
 * ones, programs, and conditional ones.
 */
export function planServing(pipeline: Pipeline, options: ServingOptions): ServingPlan {
  if (!pipeline.serves)
    throw invalid(`Pipeline "${pipeline.name}" does not say what it serves. Add \`serves: { model: NAME }\`.`)
  const parameters = parseParams(pipeline.params, options.params, `pipeline "${pipeline.name}"`)
  const { steps, answered } = buildGraph(pipeline, parameters)
  for (const step of steps) demandInProcess(step)
  const names = { pipeline: pipeline.name, model: pipeline.serves.model }
  const prepared = steps.map((planned) => prepare(planned, contextOf(planned.step.name, parameters, names, options)))
  const roles = new Set(steps.flatMap(({ step }) => Object.values(step.inputs).flatMap(rolesOf)))
  roles.delete('model')
  const last = `${answered?.step}.${answered?.output}`
  return {
    ...names,
    parameter: pipeline.serves.parameter ?? 'row',
    answerSchema: answerSchemaOf(steps, answered),
    roles: [...roles],
    read: (role, bytes) => readAs(pipeline, role, bytes),
    answer: async (requests, model, version) => {
      const made: Values = new Map()
      const call = { requests, model, version, made }
      for (const run of prepared) {
        const waiting = run(call)
        // A step that did not wait for anything costs no turn of the loop.
        if (waiting) await waiting
      }
      return demandAnswers(made.get(last), { rows: requests.rowCount, what: last })
    },
  }
}

function answerSchemaOf(steps: readonly GraphStep[], answered: Graph['answered']): ServingPlan['answerSchema'] {
  const made = steps.find(({ step }) => step.name === answered?.step)?.definition.outputs[answered?.output ?? '']
  if (!made?.schema) return null
  const { items, $defs } = z.toJSONSchema(made.schema, { unrepresentable: 'any' })
  // Parts that lie beside it would not be found from where it is shown.
  if ($defs) return null
  return typeof items === 'object' && !Array.isArray(items) && items.type === 'object' ? { ...items } : null
}

type Source = SingleSource | { readonly from: 'list'; readonly items: readonly SingleSource[] }

const rolesOf = (source: Source): string[] =>
  source.from === 'list' ? source.items.flatMap(rolesOf) : source.from === 'model' ? [source.role] : []

function demandInProcess({ step, definition }: GraphStep): void {
  const why = step.isolation
    ? 'is isolated'
    : definition.inputsAs === 'files' || step.command
      ? 'is a program'
      : step.when
        ? 'has a condition'
        : Object.values(step.inputs).some(({ from }) => from === 'artifact')
          ? 'reads a registered artifact'
          : null
  if (why !== null)
    throw invalid(`Step "${step.name}" ${why}, which a pipeline that is served has no time for. Do it in training.`)
}

type Call = { requests: Table; model: Predictor; version: ServingVersion; made: Values }

/** What calls a step with its values and keeps what it made; answers with a promise only when the step does. */
function prepare(
  { step, definition }: GraphStep,
  context: (version: ServingVersion) => StepContext,
): (call: Call) => Promise<void> | undefined {
  const inputs = Object.entries(step.inputs).map(([name, source]) => [name, reader(source)] as const)
  const outputs = Object.keys(step.outputs)
  const params: unknown = Object.freeze(structuredClone(step.parameters))
  return (call) => {
    const values: Record<string, unknown> = {}
    for (const [name, read] of inputs) values[name] = read(call)
    const keep = (returned: unknown) => {
      for (const output of outputs) {
        const value = (returned as Record<string, unknown> | undefined)?.[output]
        if (value === undefined) throw new TypeError(`Step "${step.name}" did not return "${output}".`)
        call.made.set(`${step.name}.${output}`, value)
      }
    }
    const returned = definition.run({ inputs: values, params, context: context(call.version) })
    if (returned instanceof Promise) return returned.then(keep)
    keep(returned)
    return undefined
  }
}

function reader(source: Source): (call: Call) => unknown {
  switch (source.from) {
    case 'requests':
      return ({ requests }) => requests
    case 'step': {
      const key = `${source.step}.${source.output}`
      return ({ made }) => made.get(key)
    }
    case 'model':
      return source.role === 'model' ? ({ model }) => model : ({ version }) => version.artifacts[source.role]
    case 'constant': {
      const value: unknown = structuredClone(source.value)
      return () => value
    }
    case 'list': {
      const readers = source.items.map(reader)
      return (call) => readers.map((read) => read(call))
    }
    case 'artifact':
      throw new Error('demandInProcess refuses it.')
  }
}

/** What a step knows around it; one context for each version, made when that version first answers. */
function contextOf(
  step: string,
  parameters: Readonly<Record<string, Json>>,
  { pipeline, model }: Pick<ServingPlan, 'pipeline' | 'model'>,
  { environment, project, deploymentId, log, now = () => new Date() }: ServingOptions,
): (version: ServingVersion) => StepContext {
  const random = randomNumbers(0)
  const shared = {
    log,
    logMetadata: () => {},
    load: () =>
      Promise.reject(new Error(`Step "${step}" loads an artifact by name, which a served step has no time for.`)),
    reportDrift: () =>
      Promise.reject(new Error(`Step "${step}" is served: the service itself watches what it answers.`)),
    step,
    parameters,
    now,
    random,
    seed: 0,
    signal: new AbortController().signal,
  }
  const known = new WeakMap<ServingVersion, StepContext>()
  return (version) => {
    const { number, digest } = version
    const run: RunInfo = { id: deploymentId, pipeline, environment, project, model: { name: model, number, digest } }
    const context = known.get(version) ?? { ...shared, run }
    known.set(version, context)
    return context
  }
}

function demandAnswers(value: unknown, { rows, what }: { rows: number; what: string }): readonly object[] {
  if (Array.isArray(value) && value.length === rows && value.every((answer) => typeof answer === 'object' && answer))
    return value as object[]
  throw new TypeError(`${what} must be an array with an object for each of ${rows} rows, got ${showValue(value)}.`)
}
