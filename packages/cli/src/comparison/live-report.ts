import type { LiveComparison } from '@airlock-ml/contract'
import type { MetricComparison } from '@airlock-ml/tabular/compare'
import { plain } from '../evidence/markdown.ts'
import { barChart, curveChart } from '../report/charts.ts'
import { escapeHtml } from '../report/escape-html.ts'
import { tableHtml } from '../report/html.ts'
import { htmlPage } from '../report/html-page.ts'
import { tableMarkdown } from '../report/markdown.ts'
import type { ReportTable } from '../report/tables.ts'
import { estimateText, pText } from './print.ts'
import { judgedByText } from './registered.ts'

const MOST_DISPUTED = 50

/** What is said of a comparison of what was answered, however it is shown. */
export const livePartsOf = (found: LiveComparison) => ({
  title: titleOf(found),
  facts: factsOf(found),
  tables: tablesOf(found),
})

/** A comparison of what was answered, as Markdown for a pull request. Whatever stands in it comes out as plain text. */
export function liveMarkdown(found: LiveComparison): string {
  const head = [
    `# ${plain(titleOf(found))}`,
    '',
    ...factsOf(found).map(([name, value]) => `- ${name}: ${plain(value)}`),
  ]
  return `${[head.join('\n'), ...tablesOf(found).map(tableMarkdown)].join('\n\n')}\n`
}

/** The same as one HTML file, with plots. It runs no script and fetches nothing. */
export function liveHtml(found: LiveComparison): string {
  const facts = factsOf(found).map(([name, value]) => `${name}: <strong>${escapeHtml(value)}</strong>`)
  const figures = figuresOf(found).map(([caption, svg]) => `<figure><figcaption>${caption}</figcaption>${svg}</figure>`)
  return htmlPage({
    title: titleOf(found),
    body: `<h1>${escapeHtml(titleOf(found))}</h1>
<p>${facts.join('<br>\n')}</p>
<div class="figures">${figures.join('\n')}</div>
<div class="tables">${tablesOf(found).map(tableHtml).join('\n')}</div>`,
  })
}

const titleOf = ({ model, challenger, champion, deployment }: LiveComparison) =>
  `${model} ${challenger.number} beside ${champion.number} at ${deployment}`

const factsOf = ({ result, mode, grade, unreadable, isCut, comparedAt }: LiveComparison): [string, string][] => [
  ['verdict', result.verdict],
  ['why', result.reason],
  ['rows with a label', `${result.rows}, ${mode === 'shadow' ? 'answered by both' : 'at least, of each side its own'}`],
  ['judged by', `${result.judgedBy}, which may lose ${result.margin}`],
  ['definition', judgedByText(result.definition)],
  ['predictions', `from ${result.from ?? 'the beginning'}${result.begunAt ? `; it began ${result.begunAt}` : ''}`],
  ['confidence', String(result.confidence ?? '')],
  ...(result.agreement
    ? [['agreement', `${((result.agreement.share ?? 0) * 100).toFixed(1)} %`] as [string, string]]
    : []),
  ...(unreadable > 0 ? [['erased since', String(unreadable)] as [string, string]] : []),
  ...(isCut ? [['labels', 'the oldest were left out'] as [string, string]] : []),
  ['grade', grade],
  ['compared', comparedAt],
]

function tablesOf({ result, disputed }: LiveComparison): ReportTable[] {
  const lines = (of: LiveComparison['result']['metrics'], suffix = '') =>
    (Object.entries(of) as unknown as [string, MetricComparison][]).map(([name, metric]) => [
      `${name}${suffix}`,
      estimateText(metric.champion),
      estimateText(metric.challenger),
      estimateText(metric.difference, '+'),
      pText(metric.p),
      pText(metric.adjustedP),
    ])
  const slices = (result.slices ?? []).flatMap(({ name, rows, metrics }) => lines(metrics, ` of ${name} (${rows})`))
  const shown = disputed.slice(0, MOST_DISPUTED)
  const headings = ['Metric', 'Champion', 'Challenger', 'Difference', 'p', 'p (Holm)']
  return [
    { title: 'Metrics', headings, rows: lines(result.metrics) },
    { title: 'Slices', headings, rows: slices },
    {
      title: `In dispute: ${result.disputedRows}${result.disputedRows > shown.length ? `, the first ${shown.length}` : ''}`,
      headings: ['Prediction', 'Truth', 'Champion', 'Challenger'],
      rows: shown.map((each) => [
        each.id,
        each.actual,
        `${each.champion} (${each.championScore.toFixed(3)})`,
        `${each.challenger} (${each.challengerScore.toFixed(3)})`,
      ]),
    },
  ].filter(({ rows }) => rows.length > 0)
}

function figuresOf({ curves }: LiveComparison): [string, string][] {
  const { roc, calibration, differences } = curves
  const bars = differences
    .filter(({ rows }) => rows > 0)
    .map(({ from, to, rows }) => ({ name: `${from} to ${to}`, value: rows }))
  const drawn: [string, string, number][] = [
    [
      'ROC: challenger, and the champion dashed',
      curveChart(roc.challenger, {
        ...{ label: 'ROC curves', x: 'false positive rate', y: 'true positive rate', diagonal: true },
        beside: roc.champion,
      }),
      roc.challenger.length,
    ],
    [
      'Calibration: challenger, and the champion dashed',
      curveChart(calibration.challenger, {
        ...{ label: 'Calibration curves', x: 'predicted', y: 'observed', diagonal: true, dots: true },
        beside: calibration.champion,
      }),
      calibration.challenger.length,
    ],
    ['Rows by difference of P(positive), challenger less champion', barChart(bars, 'Differences'), bars.length],
  ]
  return drawn.filter(([, , points]) => points > 0).map(([caption, svg]) => [caption, svg])
}
