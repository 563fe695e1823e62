import { type Graph, labelOf } from './graph.ts'

const CHAR = 7.3
const BOX = { height: 34, gapX: 28, gapY: 58, margin: 16 }

type Box = { x: number; y: number; width: number }

/**
 * The graph as one self-contained SVG, a row a layer, readable on a light and on a dark page. Names are snake_case, so
 * that nothing needs to be escaped.
 */
export function graphSvg(name: string, graph: Graph): string {
  const rows = [...Map.groupBy(graph.steps, (step) => graph.layers.get(step)!).entries()].sort(([a], [b]) => a - b)
  const widthOf = (steps: readonly string[]) =>
    steps.reduce((sum, step) => sum + boxWidth(labelOf(graph, step)), 0) + BOX.gapX * (steps.length - 1)
  const width = Math.max(...rows.map(([, steps]) => widthOf(steps))) + 2 * BOX.margin
  const height = rows.length * (BOX.height + BOX.gapY) - BOX.gapY + 2 * BOX.margin
  const boxes = new Map<string, Box>()
  for (const [layer, steps] of rows) {
    let x = (width - widthOf(steps)) / 2
    for (const step of steps) {
      const boxed = boxWidth(labelOf(graph, step))
      boxes.set(step, { x, y: BOX.margin + layer * (BOX.height + BOX.gapY), width: boxed })
      x += boxed + BOX.gapX
    }
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${round(width)} ${round(height)}" width="${round(width)}" height="${round(height)}" role="img" aria-label="${name}">`,
    `<style>text{font:12px ui-monospace,monospace;fill:#1b1f24;text-anchor:middle}.why{font-size:10px;fill:#59636e}rect{fill:#f6f8fa;stroke:#59636e}path{fill:none;stroke:#59636e}@media(prefers-color-scheme:dark){text{fill:#e6edf3}.why{fill:#9198a1}rect{fill:#161b22;stroke:#9198a1}path{stroke:#9198a1}}</style>`,
    ...graph.edges.map(({ from, to, why }) => line(boxes.get(from)!, boxes.get(to)!, why)),
    ...[...boxes].map(([step, { x, y, width: w }]) =>
      [
        `<rect x="${round(x)}" y="${y}" width="${round(w)}" height="${BOX.height}" rx="6"/>`,
        `<text x="${round(x + w / 2)}" y="${y + BOX.height / 2 + 4}">${labelOf(graph, step)}</text>`,
      ].join(''),
    ),
    '</svg>',
  ].join('\n')
}

const boxWidth = (label: string): number => label.length * CHAR + 24
const round = (value: number): number => Math.round(value * 10) / 10

function line(from: Box, to: Box, why: string): string {
  const [x1, y1] = [round(from.x + from.width / 2), from.y + BOX.height]
  const [x2, y2] = [round(to.x + to.width / 2), to.y]
  const bend = round((y2 - y1) / 2)
  return `<path d="M${x1} ${y1}C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}"/><text class="why" x="${round(x1 + (x2 - x1) * 0.75)}" y="${round(y1 + (y2 - y1) * 0.75)}">${why}</text>`
}
