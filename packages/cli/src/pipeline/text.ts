import type { Colours } from '../output/colours.ts'
import { type Edge, type Graph, labelOf } from './graph.ts'

/** Where a tree stops moving to the right, in characters. */
const DEEPEST = 180

/** A step of the tree, with what is drawn before it and what stands behind it. */
export type TreeRow = { step: string; lead: string; notes: readonly string[] }

/** The graph as a tree for a terminal, a line a step. */
export function graphText(graph: Graph, { dim, bold }: Pick<Colours, 'dim' | 'bold'>): string {
  return treeRows(graph)
    .map(({ step, lead, notes }) => {
      const behind = notes.length > 0 ? dim(`  ← ${notes.join(', ')}`) : ''
      return `${dim(lead)}${bold(labelOf(graph, step))}${behind}`
    })
    .join('\n')
}

/** The graph as a tree. A step stands once, below the last of those that it waits for; the others are named behind it. */
export function treeRows(graph: Graph): TreeRow[] {
  const { steps, edges, layers, roles, data } = graph
  const waits = Map.groupBy(edges, ({ to }) => to)
  const parentOf = (step: string): Edge | undefined =>
    (waits.get(step) ?? []).reduce<Edge | undefined>(
      (last, edge) => (!last || layers.get(edge.from)! >= layers.get(last.from)! ? edge : last),
      undefined,
    )
  const below = Map.groupBy(steps, (step) => parentOf(step)?.from)
  const rows: TreeRow[] = []
  const open = (below.get(undefined) ?? []).map((step) => ({ step, lead: '', branch: '' })).reverse()
  for (let next = open.pop(); next; next = open.pop()) {
    const { step, lead, branch } = next
    const parent = parentOf(step)
    const others = (waits.get(step) ?? []).filter(({ from }) => from !== parent?.from)
    const notes = [
      parent?.why ?? '',
      ...others.map(({ from, why }) => `${why} of ${labelOf(graph, from)}`),
      ...(roles.get(step) ?? []).map((role) => `${role} of the pinned version`),
      ...(data.get(step) ?? []).map((name) => `artifact ${name}`),
    ].filter((note) => note !== '')
    rows.push({ step, lead: lead + branch, notes })
    const inner = lead.length > DEEPEST ? lead : lead + (branch === '' ? '' : branch === '└─ ' ? '   ' : '│  ')
    const children = below.get(step) ?? []
    for (const [at, child] of [...children.entries()].reverse())
      open.push({ step: child, lead: inner, branch: at === children.length - 1 ? '└─ ' : '├─ ' })
  }
  return rows
}
