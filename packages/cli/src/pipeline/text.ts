import type { Colours } from '../output/colours.ts'
import type { Edge, Graph } from './graph.ts'

/** Where a tree stops moving to the right, in characters. */
const DEEPEST = 180

/**
 * The graph as a tree for a terminal. A step stands once, below the last of those that it waits for; the others are
 * named behind it.
 */
export function graphText(
  { steps, edges, layers, roles }: Graph,
  { dim, bold }: Pick<Colours, 'dim' | 'bold'>,
): string {
  const waits = Map.groupBy(edges, ({ to }) => to)
  const parentOf = (step: string): Edge | undefined =>
    (waits.get(step) ?? []).reduce<Edge | undefined>(
      (last, edge) => (!last || layers.get(edge.from)! >= layers.get(last.from)! ? edge : last),
      undefined,
    )
  const below = Map.groupBy(steps, (step) => parentOf(step)?.from)
  const lines: string[] = []
  const open = (below.get(undefined) ?? []).map((step) => ({ step, lead: '', branch: '' })).reverse()
  for (let next = open.pop(); next; next = open.pop()) {
    const { step, lead, branch } = next
    const others = (waits.get(step) ?? []).filter(({ from }) => from !== parentOf(step)?.from)
    const notes = [
      parentOf(step)?.why ?? '',
      ...others.map(({ from, why }) => `${why} of ${from}`),
      ...(roles.get(step) ?? []).map((role) => `${role} of the pinned version`),
    ].filter((note) => note !== '')
    lines.push(`${dim(lead + branch)}${bold(step)}${notes.length > 0 ? dim(`  ← ${notes.join(', ')}`) : ''}`)
    const inner = lead.length > DEEPEST ? lead : lead + (branch === '' ? '' : branch === '└─ ' ? '   ' : '│  ')
    const children = below.get(step) ?? []
    for (const [at, child] of [...children.entries()].reverse())
      open.push({ step: child, lead: inner, branch: at === children.length - 1 ? '└─ ' : '├─ ' })
  }
  return lines.join('\n')
}
