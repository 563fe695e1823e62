import type {
  ComputedBy,
  Lineage,
  LineageSource,
  Manifest,
  Run,
  SnapshotSpec,
  TraceArtifact,
  TraceRun,
} from '@airlock-ml/contract'
import { lineageOf, parametersIn } from '../runs/lineage.ts'

type Head = Omit<TraceRun, 'sources' | 'snapshotDigest' | 'commit' | 'dirty' | 'codeDigest' | 'parameters' | 'steps'>

/** A run of this workspace, from its own tables. The platform's own runs have no snapshot. */
export function traceOfRun(
  run: Run,
  {
    workspace,
    spec,
    ...known
  }: {
    workspace: string
    spec: Uint8Array | null
    computedBy: Map<string, ComputedBy>
    sources: readonly LineageSource[]
  },
): TraceRun {
  const { id, pipeline, environment, stack, startedBy, startedAt, endedAt, snapshotDigest } = run
  const head = { id, workspace, pipeline, environment, stack, startedBy, startedAt, endedAt }
  const parameters = spec === null ? new Map<string, never>() : parametersIn(spec)
  return traced(head, { snapshotDigest, spec, lineage: lineageOf(run, { parameters, ...known }) })
}

/** The training of an imported version, as its bundle tells. */
export function traceOfBundle({ training, source }: Manifest, spec: Uint8Array, lineage: Lineage): TraceRun {
  const { runId, pipeline, environment, stack, startedBy, startedAt, endedAt, snapshotDigest } = training
  const head = { id: runId, workspace: source.workspace, pipeline, environment, stack, startedBy, startedAt, endedAt }
  return traced(head, { snapshotDigest, spec, lineage })
}

function traced(
  head: Head,
  { snapshotDigest, spec, lineage }: { snapshotDigest: string | null; spec: Uint8Array | null; lineage: Lineage },
): TraceRun {
  const compiled = spec && (JSON.parse(Buffer.from(spec).toString()) as SnapshotSpec)
  return {
    ...head,
    snapshotDigest,
    commit: compiled?.code.commit ?? null,
    dirty: compiled?.code.dirty ?? false,
    codeDigest: compiled?.code.digest ?? null,
    parameters: compiled?.parameters ?? {},
    steps: stepsOf(lineage),
    sources: lineage.sources ?? [],
  }
}

function stepsOf({ steps }: Lineage): TraceRun['steps'] {
  const made = new Map<string, TraceArtifact>()
  for (const { name, outputs } of steps)
    for (const [output, artifact] of Object.entries(outputs))
      made.set(artifact.id, { ...artifact, from: { step: name, output } })
  const read = ({ id, digest }: { id: string; digest: string }): TraceArtifact =>
    made.get(id) ?? { id, digest, type: null, sizeBytes: null, from: null }
  return steps
    .toSorted((a, b) => (a.startedAt < b.startedAt ? -1 : a.startedAt > b.startedAt ? 1 : 0))
    .map(({ inputs, outputs, computedBy, ...step }) => ({
      ...step,
      computedBy: computedBy ?? null,
      inputs: Object.fromEntries(byName(inputs).map(([name, artifact]) => [name, read(artifact)])),
      outputs: Object.fromEntries(byName(outputs).map(([name, { id }]) => [name, made.get(id)!])),
    }))
}

const byName = <T>(record: Record<string, T>): [string, T][] =>
  Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1))

/** What the steps that read nothing brought in. */
export const dataOf = (run: TraceRun | null): { step: string; output: string; id: string; digest: string }[] =>
  (run?.steps ?? [])
    .filter(({ inputs }) => Object.keys(inputs).length === 0)
    .flatMap(({ name, outputs }) =>
      byName(outputs).map(([output, { id, digest }]) => ({ step: name, output, id, digest })),
    )
