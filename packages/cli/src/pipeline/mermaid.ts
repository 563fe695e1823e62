import { type Graph, labelOf } from './graph.ts'

/** The graph as a Mermaid flowchart, for Markdown. A step keeps its name; it is prefixed, for `end` is a word of Mermaid. */
export function graphMermaid(graph: Graph): string {
  const { steps, edges, roles, data } = graph
  const names = [...new Set([...data.values()].flat())]
  const pinned = [...roles.values()].some((each) => each.length > 0)
  return [
    'flowchart TD',
    ...(pinned ? ['  model[("pinned version")]'] : []),
    ...names.map((name, at) => `  data_${at}[("${name}")]`),
    ...steps.map((step) => `  s_${step}["${labelOf(graph, step)}"]`),
    ...edges.map(({ from, to, why }) => `  s_${from} -->|"${why}"| s_${to}`),
    ...steps.flatMap((step) => (roles.get(step) ?? []).map((role) => `  model -->|"${role}"| s_${step}`)),
    ...steps.flatMap((step) => (data.get(step) ?? []).map((name) => `  data_${names.indexOf(name)} --> s_${step}`)),
  ].join('\n')
}
