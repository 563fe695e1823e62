import { type Edge, type Graph, merged } from './graph.ts'

/** As many steps of a kind are drawn one by one. */
const MOST = 8

/**
 * The graph with the many steps of a fan-out as one, `square_0 … square_9999 (10000)`: those that are named alike but for
 * the number at the end, and wait for the same or for steps that are themselves gathered.
 */
export function gatherSteps(graph: Graph): Graph {
  const waits = Map.groupBy(graph.edges, ({ to }) => to)
  const kinds = new Map<string, string[]>()
  const kindOf = new Map<string, string>()
  for (const step of graph.steps) {
    // A step is its kind's number, not its description, which would grow with the length of the chain.
    const reads = (waits.get(step) ?? []).map(({ from, why }) => `${why}<${kindOf.get(from)}`)
    const isNumbered = /_\d+$/.test(step)
    const stem = isNumbered ? `${step.replace(/(_\d+)+$/, '')} ` : step
    const description = JSON.stringify([
      stem,
      graph.layers.get(step),
      [...new Set(reads)].sort(),
      graph.roles.get(step),
      graph.data.get(step),
    ])
    const same = kinds.get(description)
    if (same) same.push(step)
    else kinds.set(description, [step])
    kindOf.set(step, same?.[0] ?? step)
  }
  const gathered = [...kinds.values()].filter((same) => same.length > MOST)
  if (gathered.length === 0) return graph
  const into = new Map(gathered.flatMap((same) => same.map((step) => [step, same[0]!] as const)))
  const placeOf = (step: string) => into.get(step) ?? step
  const steps = graph.steps.filter((step) => placeOf(step) === step)
  const edges = Map.groupBy(graph.edges, ({ to }) => placeOf(to))
  return {
    ...graph,
    steps,
    edges: steps.flatMap((to) =>
      merged((edges.get(to) ?? []).map(({ from, why }): Edge => ({ from: placeOf(from), to, why }))),
    ),
    labels: new Map(gathered.map((same) => [same[0]!, `${same[0]} … ${same.at(-1)} (${same.length})`])),
  }
}
