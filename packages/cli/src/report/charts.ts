import { escapeHtml } from './escape-html.ts'

/** Where a line goes, both from 0 to 1. */
export type Point = { x: number; y: number }

const SIZE = 240
const [LEFT, TOP, RIGHT, BOTTOM] = [44, 12, 12, 40]
const [WIDTH, HEIGHT] = [SIZE + LEFT + RIGHT, SIZE + TOP + BOTTOM]
/** For names beside a matrix. */
const GUTTER = 56

const clamp = (value: number) => Math.min(1, Math.max(0, Number.isFinite(value) ? value : 0))
const atX = (x: number) => (LEFT + clamp(x) * SIZE).toFixed(1)
const atY = (y: number) => (TOP + (1 - clamp(y)) * SIZE).toFixed(1)

/** A curve in the unit square as SVG; `diagonal` adds the line of a model that knows nothing, or of perfect calibration. */
export function curveChart(
  points: readonly Point[],
  {
    label,
    x,
    y,
    diagonal = false,
    dots = false,
    beside = [],
  }: {
    label: string
    x: string
    y: string
    diagonal?: boolean
    dots?: boolean
    /** Another curve, dashed. */
    beside?: readonly Point[]
  },
): string {
  const lineOf = (each: readonly Point[]) => each.map((point) => `${atX(point.x)},${atY(point.y)}`).join(' ')
  const marks = dots
    ? points.map((p) => `<circle class="dot" cx="${atX(p.x)}" cy="${atY(p.y)}" r="3.5"/>`).join('')
    : ''
  return [
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(label)}">`,
    grid(),
    diagonal ? `<line class="guide" x1="${atX(0)}" y1="${atY(0)}" x2="${atX(1)}" y2="${atY(1)}"/>` : '',
    beside.length > 0 ? `<polyline class="curve beside" points="${lineOf(beside)}"/>` : '',
    `<polyline class="curve" points="${lineOf(points)}"/>${marks}`,
    `<text class="axis" x="${LEFT + SIZE / 2}" y="${HEIGHT - 6}" text-anchor="middle">${escapeHtml(x)}</text>`,
    `<text class="axis" transform="translate(12 ${TOP + SIZE / 2}) rotate(-90)" text-anchor="middle">${escapeHtml(y)}</text>`,
    '</svg>',
  ].join('')
}

function grid(): string {
  return [0, 0.25, 0.5, 0.75, 1]
    .map((at) => {
      const [x, y] = [atX(at), atY(at)]
      const lines = `<line class="grid" x1="${x}" y1="${atY(0)}" x2="${x}" y2="${atY(1)}"/><line class="grid" x1="${atX(0)}" y1="${y}" x2="${atX(1)}" y2="${y}"/>`
      const ticks = `<text class="tick" x="${x}" y="${TOP + SIZE + 15}" text-anchor="middle">${at}</text><text class="tick" x="${LEFT - 6}" y="${Number(y) + 4}" text-anchor="end">${at}</text>`
      return lines + ticks
    })
    .join('')
}

/** Horizontal bars as SVG, longest value full width; a negative value has no bar, and every value is written out. */
export function barChart(bars: readonly { name: string; value: number }[], label: string): string {
  const [row, nameWidth, barWidth] = [22, 230, 300]
  const longest = Math.max(...bars.map(({ value }) => value), Number.MIN_VALUE)
  const lines = bars.map(({ name, value }, i) => {
    const length = Math.max(0, (value / longest) * barWidth)
    const y = i * row
    return `<text class="tick" x="${nameWidth - 8}" y="${y + 15}" text-anchor="end">${escapeHtml(shortened(name))}</text><rect class="bar" x="${nameWidth}" y="${y + 4}" width="${length.toFixed(1)}" height="14" rx="2"/><text class="tick" x="${(nameWidth + length + 6).toFixed(1)}" y="${y + 15}">${value.toFixed(4)}</text>`
  })
  const height = Math.max(1, bars.length) * row + 4
  return `<svg viewBox="0 0 ${nameWidth + barWidth + 70} ${height}" role="img" aria-label="${escapeHtml(label)}">${lines.join('')}</svg>`
}

/** Counts in a square as SVG, a row for each truth, each cell as dark as its share of the row. */
export function matrixChart(labels: readonly string[], counts: readonly (readonly number[])[], label: string): string {
  const side = SIZE / labels.length
  const most = Math.max(3, Math.floor(side / 7))
  const lines = labels.flatMap((name, row) => {
    const total = counts[row]!.reduce((sum, count) => sum + count, 0)
    const middle = TOP + (row + 0.5) * side + 4
    const cells = counts[row]!.map((count, column) => {
      const share = total === 0 ? 0 : count / total
      const at = LEFT + GUTTER + column * side
      return `<rect class="cell" x="${at.toFixed(1)}" y="${(TOP + row * side).toFixed(1)}" width="${side.toFixed(1)}" height="${side.toFixed(1)}" fill-opacity="${share.toFixed(3)}"/><text class="${share > 0.5 ? 'count on' : 'count'}" x="${(at + side / 2).toFixed(1)}" y="${middle.toFixed(1)}" text-anchor="middle">${count}</text>`
    })
    const under = (LEFT + GUTTER + (row + 0.5) * side).toFixed(1)
    const [truth, predicted] = [shortened(name, 14), shortened(name, most)].map(escapeHtml)
    return [
      ...cells,
      `<text class="tick" x="${LEFT + GUTTER - 6}" y="${middle.toFixed(1)}" text-anchor="end">${truth}</text>`,
      `<text class="tick" x="${under}" y="${TOP + SIZE + 15}" text-anchor="middle">${predicted}</text>`,
    ]
  })
  return [
    `<svg viewBox="0 0 ${WIDTH + GUTTER} ${HEIGHT}" role="img" aria-label="${escapeHtml(label)}">`,
    ...lines,
    `<text class="axis" x="${LEFT + GUTTER + SIZE / 2}" y="${HEIGHT - 6}" text-anchor="middle">predicted</text>`,
    `<text class="axis" transform="translate(12 ${TOP + SIZE / 2}) rotate(-90)" text-anchor="middle">truth</text>`,
    '</svg>',
  ].join('')
}

const shortened = (name: string, most = 32) => (name.length > most ? `${name.slice(0, most - 1)}…` : name)
