import { PlatformError } from '@airlock-ml/contract'
import { Graph as LayoutGraph, layout } from '@dagrejs/dagre'
import { type Graph, labelOf } from './graph.ts'

/** More can be laid out, but not looked at. */
const MOST_STEPS = 2_000
const SIZE = { height: 34, padding: 24, char: 7.3, labelHeight: 11, labelChar: 6.2, margin: 16 }
/** No name of a step. */
const PINNED = 'pinned version'
const dataNode = (name: string) => `artifact ${name}`

const style = `text{font:12px ui-monospace,monospace;fill:#1b1f24;text-anchor:middle}
.page{fill:#fff}.step{fill:#f6f8fa;stroke:#59636e}.pinned{fill:none;stroke:#59636e;stroke-dasharray:4 3}
.why{font-size:10px;fill:#59636e}
.line{fill:none;stroke:#8c959f}.head{fill:#8c959f}
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.page{fill:#0d1117}.step{fill:#161b22;stroke:#9198a1}.pinned{stroke:#9198a1}
.why{fill:#9198a1}.line{stroke:#6e7681}.head{fill:#6e7681}}`

type Point = { x: number; y: number }
type Box = Point & { width: number; label: string; isStep: boolean }
type Line = Point & { width: number; why: string; points: Point[] }
/** What is used of the library's graph, whose own types do not resolve here: they import without extensions. */
type Layout = {
  setGraph: (options: object) => void
  setNode: (node: string, box: object) => void
  setEdge: (from: string, to: string, line: object) => void
  graph: () => { width?: number; height?: number }
  nodes: () => string[]
  node: (node: string) => Box
  edges: () => object[]
  edge: (edge: object) => Line
}

/**
 * The graph as one self-contained SVG, readable on a light and on a dark page. Names are snake_case, so that nothing needs
 * to be escaped. Throws `cli_usage_invalid` for more than 2,000 steps.
 */
export function graphSvg(name: string, graph: Graph): string {
  if (graph.steps.length > MOST_STEPS) {
    const fault = `${name} has ${graph.steps.length} steps, and ${MOST_STEPS} are the most to draw. Use --format text or mermaid.`
    throw new PlatformError('cli_usage_invalid', fault)
  }
  const laid = laidOut(graph)
  const { width = 0, height = 0 } = laid.graph()
  const lines = laid.edges().map((edge) => laid.edge(edge))
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${round(width)} ${round(height)}" width="${round(width)}" height="${round(height)}" role="img" aria-label="${name}">`,
    `<style>${style}</style>`,
    '<defs><marker id="head" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path class="head" d="M0 0 8 4 0 8z"/></marker></defs>',
    '<rect class="page" width="100%" height="100%"/>',
    ...lines.map(({ points }) => `<path class="line" d="${curve(points)}" marker-end="url(#head)"/>`),
    ...lines.filter(({ why }) => why !== '').map(reason),
    ...laid.nodes().map((node) => box(laid.node(node))),
    '</svg>',
  ].join('\n')
}

function laidOut(graph: Graph): Layout {
  const { steps, edges, roles, data } = graph
  const { height, margin } = SIZE
  const laid: Layout = new LayoutGraph()
  laid.setGraph({ nodesep: 24, edgesep: 12, ranksep: 28, marginx: margin, marginy: margin })
  const add = (node: string, label: string, isStep = false) =>
    laid.setNode(node, { label, isStep, height, width: label.length * SIZE.char + SIZE.padding })
  const connect = (from: string, to: string, why: string) =>
    laid.setEdge(from, to, { why, width: why.length * SIZE.labelChar + 4, height: SIZE.labelHeight, labelpos: 'c' })
  const pinned = steps.filter((step) => (roles.get(step) ?? []).length > 0)
  if (pinned.length > 0) add(PINNED, PINNED)
  for (const name of new Set([...data.values()].flat())) add(dataNode(name), name)
  for (const step of steps) add(step, labelOf(graph, step), true)
  // The last comes to stand first.
  for (const { from, to, why } of edges.toReversed()) connect(from, to, why)
  for (const step of pinned) connect(PINNED, step, [...new Set(roles.get(step))].join(', '))
  for (const step of steps) for (const name of new Set(data.get(step))) connect(dataNode(name), step, '')
  layout(laid)
  return laid
}

/** On a patch of the page, so that no line runs through it. */
function reason({ x, y, width, why }: Line): string {
  const patch = `x="${round(x - width / 2)}" y="${round(y - SIZE.labelHeight / 2)}" width="${round(width)}" height="${SIZE.labelHeight}"`
  return `<rect class="page" ${patch}/><text class="why" x="${round(x)}" y="${round(y + 3)}">${why}</text>`
}

function box({ label, isStep, x, y, width }: Box): string {
  const { height } = SIZE
  const frame = `x="${round(x - width / 2)}" y="${round(y - height / 2)}" width="${round(width)}" height="${height}" rx="6"`
  return `<rect class="${isStep ? 'step' : 'pinned'}" ${frame}/><text x="${round(x)}" y="${round(y + 4)}">${label}</text>`
}

/** A smooth line that begins and ends in the first and the last point, and turns near the others. */
function curve(points: readonly Point[]): string {
  const at = ({ x, y }: Point) => `${round(x)} ${round(y)}`
  const [first, ...turns] = points
  const last = turns.pop()
  if (!first || !last) return ''
  const bends = turns.map((turn, index) => {
    const next = turns[index + 1]
    return `Q${at(turn)} ${at(next ? { x: (turn.x + next.x) / 2, y: (turn.y + next.y) / 2 } : last)}`
  })
  return `M${at(first)}${bends.length > 0 ? bends.join('') : `L${at(last)}`}`
}

const round = (value: number): number => Math.round(value * 10) / 10
