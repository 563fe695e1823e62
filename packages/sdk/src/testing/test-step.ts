import {
  type ArtifactType,
  DriftLimits,
  didYouMean,
  type Json,
  type LogLine,
  MonitoringSettings,
  PlatformError,
} from '@airlock-ml/contract'
import { judgeDrift } from '@airlock-ml/tabular'
import type { z } from 'zod'
import { parseParams } from '../compile/parse-params.ts'
import type { AnyStep } from '../define/any-step.ts'
import type { Artifact, Artifacts, Values } from '../define/artifact.ts'
import { invalid } from '../define/check-names.ts'
import { type Inputs, type InputValues, itemOf } from '../define/inputs.ts'
import type { Step } from '../define/step.ts'
import { jsonText } from '../json-text.ts'
import { materializers } from '../materializers/materializers.ts'
import { Randomness } from '../run/random.ts'
import type { StepContext } from '../run/step-context.ts'
import { stepLog } from '../run/step-journal.ts'
import { checkReturned } from '../run/write-outputs.ts'
import { showValue } from '../show-value.ts'
import { fileFor, writeValue } from '../step-files/place-inputs.ts'
import { withPrivateFolder } from '../step-files/private-folder.ts'
import { testTime } from './test-time.ts'

/** What a step is given, and any part of the context that a test wants to set. */
export type TestStepOptions<I extends Inputs, P extends z.ZodObject> = GivenInputs<I> & {
  readonly params?: z.input<P>
  /** The time that the step sees. Default: midnight on 1 January 2026, UTC. */
  readonly now?: Date
  /** Of its random numbers. Default 0. */
  readonly seed?: number
  /** What the step finds where it loads artifacts by name. */
  readonly artifacts?: Readonly<Record<string, GivenArtifact>>
  readonly context?: Partial<StepContext>
}

/** A value that stands for every version of an artifact. */
export interface GivenArtifact {
  readonly as: Artifact
  readonly value: unknown
}

type GivenInputs<I extends Inputs> = [keyof I] extends [never]
  ? { readonly inputs?: Record<string, never> }
  : string extends keyof I
    ? { readonly inputs?: Readonly<Record<string, unknown>> }
    : { readonly inputs: InputValues<I> }

/** What a step did in a test. */
export interface TestedStep<O extends Artifacts> {
  /** As a later step would read them. */
  readonly outputs: Values<O>
  readonly metadata: Readonly<Record<string, Json>>
  readonly logs: readonly LogLine[]
}

/**
 * Runs one step by itself, in memory and without a workspace: for unit tests. What goes in and what comes out passes
 * through the materializers, with the checks of a run; time and randomness stand still. A step with
 * `isolation` runs in this process all the same. Rejects with what the step throws, and as a run would for parameters,
 * inputs or outputs that do not fit.
 *
 * @example
 * const { outputs, metadata } = await testStep(splitData, { inputs: { table }, params: { share: 0.2 }, seed: 7 })
 * expect(outputs.test.rowCount).toBe(metadata.test_rows)
 */
export async function testStep<I extends Inputs, O extends Artifacts, P extends z.ZodObject>(
  step: Step<I, O, P>,
  options: TestStepOptions<I, P>,
): Promise<TestedStep<O>> {
  const { definition } = step
  const what = `step "${definition.name}"`
  const params = parseParams(definition.params, options.params ?? {}, what)
  const logs: LogLine[] = []
  const metadata: Record<string, Json> = {}
  const context = contextOf(definition.name, options as Options, { logs, metadata })
  const run = async (inputs: unknown, folder?: string) =>
    checkReturned(definition, await definition.run({ inputs, params, context, ...(folder && { folder }) } as never))
  const returned =
    definition.inputsAs === 'files'
      ? await withPrivateFolder(
          async (folder) => await run(await givenInputs(definition, options as Options, folder), folder),
        )
      : await run(await givenInputs(definition, options as Options))
  const outputs: Record<string, unknown> = {}
  for (const [name, artifact] of Object.entries(definition.outputs)) {
    outputs[name] = await readBack(returned[name], { artifact, what: `Output "${name}" of ${what}` })
  }
  return { outputs: outputs as Values<O>, metadata, logs }
}

type Options = Pick<TestStepOptions<Inputs, z.ZodObject>, 'inputs' | 'now' | 'seed' | 'artifacts' | 'context'>

function contextOf(
  step: string,
  { now: at = testTime, seed = 0, artifacts = {}, context }: Options,
  { logs, metadata }: { logs: LogLine[]; metadata: Record<string, Json> },
): StepContext {
  const now = () => new Date(at)
  const logMetadata = (facts: object) => void Object.assign(metadata, JSON.parse(jsonText(facts)))
  const randomness = new Randomness(seed, () => logMetadata({ random_seed: seed }))
  const own: StepContext = {
    log: stepLog(now, (line) => logs.push(line)),
    ...{ logMetadata, step, now, parameters: {} },
    load: async <Value>(name: string, { as }: { as: Artifact<ArtifactType, Value> }) => {
      const given = artifacts[name]
      const what = `Artifact "${name}"`
      if (given) return (await readBack(given.value, { artifact: as, what })) as Value
      const names = didYouMean(name, Object.keys(artifacts))
      throw new PlatformError('artifact_not_found', `The test gives no artifact ${name}. ${names}`)
    },
    reportDrift: async ({ summary }) => {
      const limits = DriftLimits.parse(MonitoringSettings.parse({}))
      const { level, findings } = judgeDrift(summary, limits)
      return { level, findings: [...findings], limits }
    },
    run: {
      id: '00000000-0000-7000-8000-000000000000',
      pipeline: 'test',
      environment: 'local',
      project: 'test',
      model: null,
    },
    random: () => randomness.next(),
    get seed() {
      return randomness.seed
    },
    signal: new AbortController().signal,
  }
  // Copied by property, the seed would count as used.
  return Object.defineProperties(own, Object.getOwnPropertyDescriptors(context ?? {})) as StepContext
}

/** What a test gives, as a run would read it; with a folder in files of it. */
async function givenInputs(step: AnyStep, { inputs = {} }: Options, folder?: string): Promise<Record<string, unknown>> {
  const values = inputs as Record<string, unknown>
  const known = Object.keys(step.inputs)
  for (const name of Object.keys(values)) {
    if (!known.includes(name)) throw invalid(`Step "${step.name}" has no input "${name}". ${didYouMean(name, known)}`)
  }
  const found: Record<string, unknown> = {}
  for (const [name, input] of Object.entries(step.inputs)) {
    const what = `Input "${name}" of step "${step.name}"`
    const artifact = itemOf(input)
    const one = async (value: unknown, called: string) => {
      if (folder === undefined) return await readBack(value, { artifact, what })
      const file = await fileFor({ name: called, artifact }, folder)
      await writeValue(value, { artifact, what }, file)
      return file
    }
    const value = values[name]
    const takes = 'takes' in input ? input.takes : 'one'
    if (takes === 'list') {
      if (!Array.isArray(value)) throw new TypeError(`${what} takes a list, got ${showValue(value)}.`)
      found[name] = await Promise.all(value.map((item: unknown, at) => one(item, `${name}.${at}`)))
    } else if (value !== undefined || takes === 'one') found[name] = await one(value, name)
  }
  return found
}

/** A value as it comes out of the store. */
async function readBack(value: unknown, options: { artifact: Artifact; what: string }): Promise<unknown> {
  const { write, read } = materializers[options.artifact.type]
  return await read((await write(value, options)).bytes, options)
}
