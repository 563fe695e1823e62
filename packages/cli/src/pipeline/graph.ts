import type { SnapshotSpec, SnapshotStep } from '@airlock-ml/contract'

/** That one step waits for another, and why: the output it reads, `after`, or the condition. */
export type Edge = { from: string; to: string; why: string }

/** A pipeline as it is drawn. */
export type Graph = {
  steps: readonly string[]
  edges: readonly Edge[]
  /** How far each step is from the beginning: one more than the furthest that it waits for. */
  layers: ReadonlyMap<string, number>
  /** Roles of the pinned version that a step reads. */
  roles: ReadonlyMap<string, readonly string[]>
  /** Names of the artifacts that a step reads by their digest: data from outside, or of another pipeline. */
  data: ReadonlyMap<string, readonly string[]>
  /** What is drawn for a step that stands for many; its name for every other. */
  labels?: ReadonlyMap<string, string>
}

export const labelOf = ({ labels }: Graph, step: string): string => labels?.get(step) ?? step

/** The graph of a compiled pipeline, whose steps stand in an order that they can run in. */
export function graphOf({ steps }: Pick<SnapshotSpec, 'steps'>): Graph {
  const edges = steps.flatMap(edgesInto)
  const waits = Map.groupBy(edges, ({ to }) => to)
  const layers = new Map<string, number>()
  for (const { name } of steps) {
    const before = (waits.get(name) ?? []).map(({ from }) => layers.get(from) ?? 0)
    layers.set(
      name,
      before.reduce((most, layer) => Math.max(most, layer + 1), 0),
    )
  }
  const roles = steps.map(
    (step) => [step.name, sourcesOf(step).flatMap((it) => (it.from === 'model' ? it.role : []))] as const,
  )
  const data = steps.map(
    (step) => [step.name, sourcesOf(step).flatMap((it) => (it.from === 'artifact' ? it.name : []))] as const,
  )
  return { steps: steps.map(({ name }) => name), edges, layers, roles: new Map(roles), data: new Map(data) }
}

function edgesInto(step: SnapshotStep): Edge[] {
  const to = step.name
  const reads = sourcesOf(step).flatMap((it) => (it.from === 'step' ? { from: it.step, to, why: it.output } : []))
  const after = (step.after ?? []).map((from) => ({ from, to, why: 'after' }))
  const when = step.when ? [{ from: step.when.step, to, why: `when ${step.when.output}` }] : []
  return merged([...reads, ...after, ...when])
}

/** A line for two steps, however much passes between them. */
export function merged(edges: readonly Edge[]): Edge[] {
  return [...Map.groupBy(edges, ({ from }) => from)].map(([from, same]) => ({
    from,
    to: same[0]!.to,
    why: [...new Set(same.map(({ why }) => why))].join(', '),
  }))
}

const sourcesOf = ({ inputs }: SnapshotStep) =>
  Object.values(inputs).flatMap((source) => (source.from === 'list' ? source.items : [source]))
