import { hash } from 'node:crypto'
import type { ArtifactRef, Json, LogLine } from '@airlock-ml/contract'
import { buildGraph, pinnedArtifact } from '../compile/build-graph.ts'
import { compile } from '../compile/compile.ts'
import { parseParams } from '../compile/parse-params.ts'
import type { Artifact } from '../define/artifact.ts'
import { invalid } from '../define/check-names.ts'
import type { Pipeline } from '../define/pipeline.ts'
import { materializers } from '../materializers/materializers.ts'
import { runPipeline } from '../run/run-pipeline.ts'
import { MemoryWorkspace } from './memory-workspace.ts'
import type { GivenArtifact } from './test-step.ts'
import { testTime } from './test-time.ts'

/** How a pipeline is run in a test. */
export interface TestPipelineOptions {
  readonly params?: Readonly<Record<string, unknown>>
  /** The time that its steps see. Default: midnight on 1 January 2026, UTC. */
  readonly now?: Date
  /** Of the random numbers of its steps. Default 0. */
  readonly seed?: number
  /** Of a pipeline that uses a model: the artifacts of the version, by role, as values. */
  readonly model?: Readonly<Record<string, unknown>>
  /** What steps find where they load artifacts by name, and what stands for external ones, whatever their digest. */
  readonly artifacts?: Readonly<Record<string, GivenArtifact>>
}

/** What a step did. */
export interface TestedPipelineStep {
  readonly status: 'completed' | 'skipped'
  /** Why it was skipped. */
  readonly skipReason: string | null
  /** As a later step would read them. */
  readonly outputs: Readonly<Record<string, unknown>>
  readonly metadata: Readonly<Record<string, Json>>
  readonly logs: readonly LogLine[]
  /** What attempts before the last one failed with. */
  readonly earlierErrors: readonly string[]
}

/** What a pipeline did in a test. */
export interface TestedPipeline {
  /** By the name of the step. */
  readonly steps: Readonly<Record<string, TestedPipelineStep>>
  /** Of a pipeline that trains: the artifacts of the new version, by role. */
  readonly artifacts: Readonly<Record<string, unknown>>
}

/**
 * Runs a whole pipeline in memory, without a workspace: for unit tests. It is compiled and run by the same code as any
 * run, with its retries, conditions and checks; hooks of the platform and the cache take no part. Rejects as `compile` does, and with what
 * failed the run.
 *
 * @example
 * const { steps, artifacts } = await testPipeline(training, { params: { data: 'test/rows.csv', trees: 3 } })
 * expect(artifacts.metrics).toMatchObject({ accuracy: 1 })
 */
export async function testPipeline(pipeline: Pipeline, options: TestPipelineOptions = {}): Promise<TestedPipeline> {
  const { params = {}, now: at = testTime, seed = 0, model = {}, artifacts = {} } = options
  const now = () => new Date(at)
  const code = { digest: '0'.repeat(64), commit: null, dirty: true }
  const snapshot = compile(pipeline, { params, environment: 'local', stack: 'test', code })
  const workspace = new MemoryWorkspace()
  const pinned = await keepPinned(workspace, pipeline, model)
  await keepNamed(workspace, artifacts)
  const client = workspace.client(snapshot, { now, pinned, snapshotDigest: hash('sha256', `seed ${seed}`) })
  await runPipeline({ client, project: 'test', pipeline, snapshot, now })
  if (workspace.error) throw new Error(workspace.error.message)
  const graph = buildGraph(pipeline, parseParams(pipeline.params, params, `pipeline "${pipeline.name}"`))
  const steps: Record<string, TestedPipelineStep> = {}
  for (const { definition, step } of graph.steps) {
    const { outputs: refs, status, ...done } = workspace.steps.get(step.name)!
    const outputs = await readAll(workspace, refs, definition.outputs)
    steps[step.name] = { ...done, outputs, status: status === 'skipped' ? 'skipped' : 'completed' }
  }
  const made = Object.entries(graph.trained ?? {}).map(([role, from]) => [role, steps[from.step]?.outputs[from.output]])
  return { steps, artifacts: Object.fromEntries(made) }
}

async function keepNamed(workspace: MemoryWorkspace, artifacts: NonNullable<TestPipelineOptions['artifacts']>) {
  for (const [name, { as, value }] of Object.entries(artifacts)) {
    const { bytes } = await materializers[as.type].write(value, { artifact: as, what: `Artifact "${name}"` })
    workspace.named.set(name, workspace.keep(bytes, { name, type: as.type }))
  }
}

async function keepPinned(
  workspace: MemoryWorkspace,
  pipeline: Pipeline,
  values: Readonly<Record<string, unknown>>,
): Promise<Record<string, ArtifactRef>> {
  const refs: Record<string, ArtifactRef> = {}
  for (const [role, value] of Object.entries(values)) {
    const artifact = pipeline.uses && pinnedArtifact(pipeline, role)
    if (!artifact) throw invalid(`Pipeline "${pipeline.name}" uses no artifact "${role}" of a model.`)
    const what = `Artifact "${role}" of the model`
    const { bytes } = await materializers[artifact.type].write(value, { artifact, what })
    refs[role] = workspace.keep(bytes, { name: `test.${role}`, type: artifact.type })
  }
  return refs
}

async function readAll(
  workspace: MemoryWorkspace,
  refs: Readonly<Record<string, ArtifactRef>>,
  artifacts: Readonly<Record<string, Artifact>>,
): Promise<Record<string, unknown>> {
  const values: Record<string, unknown> = {}
  for (const [name, { digest }] of Object.entries(refs)) {
    const artifact = artifacts[name]!
    const bytes = workspace.bytesOf(digest).slice()
    values[name] = await materializers[artifact.type].read(bytes, { artifact, what: `Output "${name}"` })
  }
  return values
}
