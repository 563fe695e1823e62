import type { TrainingReport } from '@airlock-ml/tabular'
import { barChart, curveChart, matrixChart } from './charts.ts'
import type { DataSet } from './data-sets.ts'
import { escapeHtml } from './escape-html.ts'
import { htmlPage } from './html-page.ts'
import { originLines, type ReportOrigin } from './origin.ts'
import { MOST_FEATURES, type ReportTable, tablesOf } from './tables.ts'

/** With more classes a matrix has no room for its counts, and stands as a table alone. */
const MOST_CLASSES = 10

const style = `
.cell{fill:var(--mark);stroke:var(--line)}
.count{fill:var(--ink);font-size:12px}.count.on{fill:var(--page)}
@media (min-width:700px){figure:last-child{grid-column:span 2}}
`

/** A report as one HTML file. Whatever stands in the report is escaped. */
export function reportHtml(
  report: TrainingReport,
  { dataSets, origin }: { dataSets: readonly DataSet[]; origin: ReportOrigin | null },
): string {
  const of = originLines(origin).map(([name, value]) => `${name}: <strong>${escapeHtml(value)}</strong>`)
  const figures = figuresOf(report).map(
    ([caption, svg]) => `<figure><figcaption>${escapeHtml(caption)}</figcaption>${svg}</figure>`,
  )
  return htmlPage({
    title: report.title,
    style,
    body: `<h1>${escapeHtml(report.title)}</h1>
${of.length === 0 ? '' : `<p>${of.join('<br>\n')}</p>\n`}<p>${report.rows} held-out rows; positive class: <strong>${escapeHtml(report.positive)}</strong></p>
<div class="figures">${figures.join('\n')}</div>
<div class="tables">${tablesOf(report, dataSets).map(tableHtml).join('\n')}</div>`,
  })
}

function figuresOf(report: TrainingReport): [string, string][] {
  const roc = report.roc.map(({ falsePositiveRate: x, truePositiveRate: y }) => ({ x, y }))
  const precisionRecall = report.precisionRecall.map(({ recall: x, precision: y }) => ({ x, y }))
  const calibration = report.calibration.map(({ predicted: x, observed: y }) => ({ x, y }))
  const bars = report.importance.slice(0, MOST_FEATURES).map(({ feature: name, mean: value }) => ({ name, value }))
  const { labels, counts } = report.confusion
  const drawn: [string, string, number][] = [
    [
      'ROC',
      curveChart(roc, { label: 'ROC curve', x: 'false positive rate', y: 'true positive rate', diagonal: true }),
      roc.length,
    ],
    [
      'Precision and recall',
      curveChart(precisionRecall, { label: 'Precision-recall curve', x: 'recall', y: 'precision' }),
      precisionRecall.length,
    ],
    [
      'Calibration',
      curveChart(calibration, {
        label: 'Calibration curve',
        x: 'predicted',
        y: 'observed',
        diagonal: true,
        dots: true,
      }),
      calibration.length,
    ],
    [
      'Confusion matrix',
      matrixChart(labels, counts, 'Confusion matrix'),
      labels.length > MOST_CLASSES ? 0 : labels.length,
    ],
    ['Importance: accuracy lost when shuffled', barChart(bars, 'Importance of features'), bars.length],
  ]
  return drawn.filter(([, , points]) => points > 0).map(([caption, svg]) => [caption, svg])
}

/** A table as HTML. */
export function tableHtml({ title, headings, rows }: ReportTable): string {
  const cells = (values: readonly string[], tag: 'th' | 'td') =>
    `<tr>${values.map((value) => `<${tag}>${escapeHtml(value)}</${tag}>`).join('')}</tr>`
  return `<section><h2>${escapeHtml(title)}</h2><table><thead>${cells(headings, 'th')}</thead><tbody>${rows.map((row) => cells(row, 'td')).join('')}</tbody></table></section>`
}
