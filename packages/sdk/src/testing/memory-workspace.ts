import type { Client } from '@airlock-ml/client'
import {
  type ArtifactRef,
  DriftLimits,
  didYouMean,
  type Json,
  type LogLine,
  MonitoringSettings,
  PlatformError,
  type Run,
  type RunError,
  type SingleSource,
  type SnapshotSpec,
  type StepStatus,
} from '@airlock-ml/contract'
import { readWhole, sha256Hex } from '@airlock-ml/stack'
import { judgeDrift } from '@airlock-ml/tabular'

/** What a step of a run in memory did. */
export interface MemoryStep {
  status: StepStatus
  outputs: Readonly<Record<string, ArtifactRef>>
  metadata: Readonly<Record<string, Json>>
  readonly logs: LogLine[]
  skipReason: string | null
  /** What attempts before the last one failed with. */
  readonly earlierErrors: string[]
}

type Routes =
  | ('createSnapshot' | 'startRun' | 'heartbeatRun' | 'startStep' | 'completeStep' | 'failStep' | 'skipStep')
  | (
      | 'loadArtifact'
      | 'retryStep'
      | 'appendLogs'
      | 'checkRun'
      | 'completeRun'
      | 'failRun'
      | 'reportRunDrift'
      | 'showBlob'
      | 'putBlob'
      | 'getBlob'
    )

/** Where a run in memory begins. */
export interface MemoryRun {
  readonly now: () => Date
  /** What stands for the digest of the snapshot: randomness comes from it. */
  readonly snapshotDigest: string
  /** Artifacts of the pinned version, by role. */
  readonly pinned: Readonly<Record<string, ArtifactRef>>
}

const id = (number: number) => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`
const hourMs = 3_600_000

/** As much of a workspace as one run asks for, in memory: bytes, steps, and how the run ends. */
export class MemoryWorkspace {
  readonly steps = new Map<string, MemoryStep>()
  readonly blobs = new Map<string, Uint8Array>()
  /** What stands for every version of an artifact, by name. */
  readonly named = new Map<string, ArtifactRef>()
  error: RunError | null = null
  #artifacts = 0

  /** Keeps bytes, and says which artifact they are. */
  keep(bytes: Uint8Array, artifact: Pick<ArtifactRef, 'name' | 'type'>): ArtifactRef {
    const digest = sha256Hex(bytes)
    this.blobs.set(digest, bytes)
    return this.#refTo(digest, artifact)
  }

  bytesOf(digest: string): Uint8Array {
    const bytes = this.blobs.get(digest)
    if (bytes) return bytes
    throw new PlatformError('blob_not_found', `There are no bytes ${digest}.`)
  }

  /** A client of this workspace for one run. It has no other methods than a run calls. */
  client(spec: SnapshotSpec, run: MemoryRun): Client {
    const at = () => run.now().toISOString()
    const started = runOf(spec, run)
    const lease = () => ({ expiresAt: new Date(run.now().getTime() + hourMs).toISOString() })
    const routes: Pick<Client, Routes> = {
      createSnapshot: async ({ project }) => ({
        ...{ id: id(1), project, digest: run.snapshotDigest, createdBy: 'test', createdAt: at(), spec },
      }),
      startRun: async () => ({ run: started, lease: { token: 'test', ...lease() }, modelArtifacts: run.pinned }),
      heartbeatRun: async () => ({ ...lease(), cancelRequest: null }),
      startStep: async ({ step }) => {
        this.#step(step)
        return { startedAt: at(), inputs: this.#inputsOf(spec, step, run.pinned) }
      },
      loadArtifact: async ({ body: { name } }) => ({ input: 'loaded.0', artifact: this.#named(name) }),
      completeStep: async ({ step, body: { outputs = {}, metadata = {}, logs = [] } }) => {
        const made = Object.entries(outputs).map(([output, { type, digest }]) => [
          output,
          this.#refTo(digest, { name: `${spec.pipeline}.${step}.${output}`, type }),
        ])
        const refs = Object.fromEntries(made) as Record<string, ArtifactRef>
        this.#end(step, { status: 'completed', outputs: refs, metadata }, logs)
        return { outputs: refs }
      },
      failStep: async ({ step, body: { status = 'failed', metadata = {}, logs = [] } }) => {
        this.#end(step, { status, metadata }, logs)
        return { endedAt: at() }
      },
      skipStep: async ({ step, body: { reason } }) => {
        this.#end(step, { status: 'skipped', skipReason: reason }, [])
        return { endedAt: at() }
      },
      retryStep: async ({ step, body: { error, logs = [] } }) => {
        const { earlierErrors } = this.#end(step, {}, logs)
        return { attempt: earlierErrors.push(error) + 1 }
      },
      appendLogs: async ({ step, body: { lines } }) => ({ appended: this.#step(step).logs.push(...lines) }),
      reportRunDrift: async ({ body: { summary } }) => {
        const limits = DriftLimits.parse(MonitoringSettings.parse({}))
        const { level, findings } = judgeDrift(summary, limits)
        return { level, findings: [...findings], limits }
      },
      checkRun: async () => started,
      completeRun: async () => ({ ...started, status: 'completed', endedAt: at() }),
      failRun: async ({ body: { status = 'failed', error } }) => {
        this.error = error
        return { ...started, status, error, endedAt: at() }
      },
      showBlob: async ({ sha256 }) => ({ digest: sha256, sizeBytes: this.bytesOf(sha256).byteLength }),
      putBlob: async ({ sha256, body }) => {
        const given =
          body instanceof Uint8Array ? body : await readWhole(streamOf(body), 2 ** 31, () => new Error('Too long.'))
        this.blobs.set(sha256, given)
        return { digest: sha256, sizeBytes: given.byteLength }
      },
      getBlob: async ({ sha256 }) => new Blob([this.bytesOf(sha256).slice()]).stream(),
    }
    return routes as Client
  }

  #refTo(digest: string, { name, type }: Pick<ArtifactRef, 'name' | 'type'>): ArtifactRef {
    this.#artifacts++
    return {
      id: id(1_000 + this.#artifacts),
      name,
      version: 1,
      type,
      digest,
      sizeBytes: this.bytesOf(digest).byteLength,
    }
  }

  #named(name: string): ArtifactRef {
    const known = this.named.get(name)
    if (known) return known
    const names = didYouMean(name, [...this.named.keys()])
    throw new PlatformError('artifact_not_found', `The test gives no artifact ${name}. ${names}`)
  }

  #step(name: string): MemoryStep {
    const known = this.steps.get(name)
    if (known) return known
    const step: MemoryStep = {
      ...{ status: 'running', outputs: {}, metadata: {}, logs: [], skipReason: null, earlierErrors: [] },
    }
    this.steps.set(name, step)
    return step
  }

  #end(name: string, end: Partial<MemoryStep>, logs: readonly LogLine[]): MemoryStep {
    const step = Object.assign(this.#step(name), end)
    step.logs.push(...logs)
    return step
  }

  /** As the server works them out; of what was skipped there is none. */
  #inputsOf({ steps }: SnapshotSpec, name: string, pinned: MemoryRun['pinned']): Record<string, ArtifactRef> {
    const found: Record<string, ArtifactRef> = {}
    const add = (input: string, source: SingleSource) => {
      const made = source.from === 'step' ? this.steps.get(source.step)?.outputs[source.output] : undefined
      const other = source.from === 'model' ? pinned[source.role] : made
      const ref = source.from === 'artifact' ? this.#named(source.name) : other
      if (ref) found[input] = ref
    }
    for (const [input, source] of Object.entries(steps.find((step) => step.name === name)?.inputs ?? {})) {
      if (source.from === 'list') for (const [at, item] of source.items.entries()) add(`${input}.${at}`, item)
      else add(input, source)
    }
    return found
  }
}

const streamOf = (body: Blob | ReadableStream<Uint8Array>) => (body instanceof Blob ? body.stream() : body)

function runOf(spec: SnapshotSpec, { now, snapshotDigest, pinned }: MemoryRun): Run {
  const digest = pinned.model?.digest ?? null
  return {
    ...{ id: id(2), project: 'test', pipeline: spec.pipeline, snapshotId: id(1), snapshotDigest },
    ...{ environment: spec.environment, stack: spec.stack, labels: {}, status: 'running', grade: 'asserted' },
    model: spec.model && {
      action: spec.model.action as Exclude<typeof spec.model.action, 'serves'>,
      name: spec.model.name,
      number: digest === null ? null : 1,
      digest,
    },
    ...{ retryOf: null, startedBy: 'test', startedAt: now().toISOString(), endedAt: null, error: null },
    ...{ cancelRequest: null, steps: [], metadata: {}, hooks: [] },
  }
}
