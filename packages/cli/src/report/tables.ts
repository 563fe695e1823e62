import type { TrainingReport } from '@airlock-ml/tabular'
import { sizeText } from '../output/size.ts'
import type { DataSet } from './data-sets.ts'

/** How many features a report shows. */
export const MOST_FEATURES = 15

/** A table of a report: both renderers print these, so that they cannot disagree. */
export type ReportTable = { title: string; headings: readonly string[]; rows: readonly (readonly string[])[] }

/** The tables of a report, in their order; one without rows is left out. `dataSets` are the workspace's own word. */
export function tablesOf(report: TrainingReport, dataSets: readonly DataSet[]): ReportTable[] {
  const pairs = (values: Readonly<Record<string, unknown>>) =>
    Object.entries(values).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)])
  const { confusion } = report
  return [
    {
      title: 'Metrics',
      headings: ['Metric', 'Value', '95 % interval'],
      rows: Object.entries(report.metrics).map(([name, value]) => {
        const interval = Object.hasOwn(report.intervals, name) ? report.intervals[name] : undefined
        return [name, numberText(value), interval ? `${numberText(interval.low)} to ${numberText(interval.high)}` : '–']
      }),
    },
    {
      title: 'Confusion matrix',
      headings: ['Truth \\ predicted', ...confusion.labels],
      rows: confusion.labels.map((label, i) => [label, ...confusion.counts[i]!.map(String)]),
    },
    {
      title: 'Importance',
      headings: ['Feature', 'Accuracy lost', '± sd'],
      rows: report.importance
        .slice(0, MOST_FEATURES)
        .map(({ feature, mean, standardDeviation }) => [feature, mean.toFixed(4), standardDeviation.toFixed(4)]),
    },
    { title: 'Parameters', headings: ['Parameter', 'Value'], rows: pairs(report.parameters) },
    { title: 'Data', headings: ['What', 'Value'], rows: pairs(report.data) },
    {
      title: 'Data sets',
      headings: ['Made by', 'Rows', 'Size', 'SHA-256'],
      rows: dataSets.map(({ from, rows, sizeBytes, digest }) => [
        from,
        rows === null ? '–' : String(rows),
        sizeBytes === null ? '–' : sizeText(sizeBytes),
        digest,
      ]),
    },
    { title: 'Environment', headings: ['What', 'Value'], rows: pairs(report.environment) },
  ].filter(({ rows }) => rows.length > 0)
}

const numberText = (value: number): string => (Number.isInteger(value) ? String(value) : value.toFixed(4))
