import type { ComputedBy, Lineage, LineageSource, Run, SnapshotSpec } from '@airlock-ml/contract'

type Parameters = Lineage['steps'][number]['parameters']

/** The parameters of each step, by its name, from the bytes of a snapshot. */
export function parametersIn(snapshot: Uint8Array): Map<string, Parameters> {
  const { steps } = JSON.parse(Buffer.from(snapshot).toString()) as Pick<SnapshotSpec, 'steps'>
  return new Map(steps.map((step) => [step.name, step.parameters]))
}

type Known = {
  parameters: ReadonlyMap<string, Parameters>
  computedBy: ReadonlyMap<string, ComputedBy>
  sources: readonly LineageSource[]
}

/**
 * How the artifacts of a run came to be; `computedBy`: the runs it took steps from, by their id; `sources`: what it descends
 * from beyond what it made.
 */
export function lineageOf(run: Run, { parameters, computedBy, sources }: Known): Lineage {
  return {
    formatVersion: 1,
    runId: run.id,
    steps: run.steps.map((step) => ({
      name: step.name,
      parameters: parameters.get(step.name) ?? {},
      inputs: Object.fromEntries(Object.entries(step.inputs).map(([name, { id, digest }]) => [name, { id, digest }])),
      outputs: Object.fromEntries(
        Object.entries(step.outputs).map(([name, { id, digest, type, sizeBytes }]) => [
          name,
          { id, digest, type, sizeBytes },
        ]),
      ),
      metadata: step.metadata,
      startedAt: step.startedAt,
      endedAt: step.endedAt ?? step.startedAt,
      ...(step.cachedFrom !== null && { computedBy: computedBy.get(step.cachedFrom)! }),
    })),
    ...(sources.length > 0 && { sources: [...sources] }),
  }
}
