import { escapeHtml } from '../report/escape-html.ts'
import { tableHtml } from '../report/html.ts'
import { htmlPage } from '../report/html-page.ts'
import { driftTables, measureText } from './drift-tables.ts'
import { type DriftRow, type DriftView, nameOf } from './drift-view.ts'

/** How many features are drawn. */
const MOST_FIGURES = 12

/** What is watched as one HTML file: no script, nothing fetched, light and dark as the reader's system is. */
export function driftHtml(view: DriftView): string {
  const drawn = view.rows.filter(({ drift }) => drift !== null).slice(0, MOST_FIGURES)
  return htmlPage({
    title: view.title,
    style,
    body: `<h1>${escapeHtml(view.title)}</h1>
${view.head.map((line) => `<p>${escapeHtml(line)}</p>`).join('\n')}
${drawn.length > 0 ? legend : ''}
<div class="figures drift">${drawn.map(figure).join('\n')}</div>
${driftTables(view).map(tableHtml).join('\n')}`,
  })
}

const legend =
  '<p class="legend"><span class="key before"></span>at training <span class="key now"></span>in the window; bins as PSI has them. The line is PSI, window by window.</p>'

function figure(row: DriftRow): string {
  const { before, now } = row.drift!.bins
  const name = nameOf(row)
  return `<figure class="${row.level}"><figcaption>${escapeHtml(name)} <span class="level">${row.level}, PSI ${measureText(row.psi)}</span></figcaption>${binsSvg(name, before, now)}${historySvg(name, row.history)}</figure>`
}

const [WIDTH, HEIGHT] = [300, 110]

/** Pairs of bars: the share of each bin before and now. */
function binsSvg(name: string, before: readonly number[], now: readonly number[]): string {
  const shares = (counts: readonly number[]) => {
    const total = counts.reduce((sum, count) => sum + count, 0)
    return counts.map((count) => (total === 0 ? 0 : count / total))
  }
  const [expected, actual] = [shares(before), shares(now)]
  const most = Math.max(...expected, ...actual, 0.01)
  const step = WIDTH / Math.max(1, expected.length)
  const bar = (kind: string, x: number, share: number) => {
    const height = (share / most) * (HEIGHT - 4)
    return `<rect class="${kind}" x="${x.toFixed(1)}" y="${(HEIGHT - height).toFixed(1)}" width="${(step * 0.4).toFixed(1)}" height="${height.toFixed(1)}"/>`
  }
  const bars = expected.map(
    (share, i) => bar('before', i * step + step * 0.08, share) + bar('now', i * step + step * 0.5, actual[i] ?? 0),
  )
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(name)}: share of each bin at training and now">${bars.join('')}<line class="grid" x1="0" y1="${HEIGHT}" x2="${WIDTH}" y2="${HEIGHT}"/></svg>`
}

/** PSI over the windows as a line; its guide is 0.2. */
function historySvg(name: string, history: readonly (number | null)[]): string {
  const known = history.flatMap((psi, i) => (psi === null ? [] : [{ psi, i }]))
  if (known.length < 2) return ''
  const [height, most] = [36, Math.max(0.25, ...known.map(({ psi }) => psi))]
  const y = (psi: number) => (height - 2 - (psi / most) * (height - 4)).toFixed(1)
  const x = (i: number) => ((i / (history.length - 1)) * WIDTH).toFixed(1)
  const line = known.map(({ psi, i }) => `${x(i)},${y(psi)}`).join(' ')
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escapeHtml(name)}: PSI of ${known.length} windows"><line class="guide" x1="0" y1="${y(0.2)}" x2="${WIDTH}" y2="${y(0.2)}"/><polyline class="curve" points="${line}"/></svg>`
}

const style = `
.drift{grid-template-columns:repeat(auto-fill,minmax(240px,1fr))}
.drift figure:last-child{grid-column:auto}
.drift svg+svg{margin-top:8px}
.level{display:block;font-weight:400;color:var(--soft)}
figure.warn{border-color:var(--warn)}figure.warn .level{color:var(--warn)}
figure.breach{border-color:var(--bad)}figure.breach .level{color:var(--bad)}
.before{fill:var(--soft);background:var(--soft)}.now{fill:var(--mark);background:var(--mark)}
.legend{color:var(--soft)}.key{display:inline-block;width:10px;height:10px;margin:0 5px 0 10px}
td:last-child{overflow-wrap:normal}
`
