import type { Difference, Json, MetricInterval } from '@airlock-ml/contract'
import { unprintable } from '../evidence/markdown.ts'

/** A candidate beside the version that holds the stage, a line each; nothing when nobody holds it. */
export function differenceLines(difference: Difference | null): string {
  if (!difference) return ''
  const { holder, metrics, intervals, parameters, evaluation, commit, columns, data, dependencies, lockFile } =
    difference
  const isComparable = evaluation.holder === evaluation.candidate
  const lines = [
    ...Object.entries(metrics).map(([name, side]) => {
      const within = intervals[name]
      return `metric ${name}: ${shown(side.holder)}${span(within?.holder)} → ${shown(side.candidate)}${span(within?.candidate)}`
    }),
    ...changes('parameter', parameters, shown),
    isComparable ? 'evaluation table: the same' : 'evaluation table: another, so the metrics do not compare',
    ...(columns ? changes('column', columns, shown) : ['columns: not known of both']),
    ...(data ? changes('data', data, short) : ['data: not known of both']),
    commit.holder === commit.candidate
      ? 'commit: the same'
      : `commit: ${short(commit.holder)} → ${short(commit.candidate)}`,
    ...(lockFile.holder === lockFile.candidate
      ? []
      : [`lock file: ${short(lockFile.holder)} → ${short(lockFile.candidate)}`]),
    ...(dependencies ? changes('dependency', dependencies, shown) : ['dependencies: not known of both']),
  ]
  // Names of columns, packages and parameters are the source's to choose, and an approver reads them in a terminal.
  const safe = lines.map((line) => `  ${line.replace(unprintable, '�')}`)
  return [`beside version ${holder}, which holds it now`, ...safe].join('\n')
}

/** A line for each name whose value is another. */
const changes = <T>(
  what: string,
  changed: Record<string, { holder: T; candidate: T }>,
  text: (value: T) => string,
): string[] =>
  Object.entries(changed).map(([name, side]) => `${what} ${name}: ${text(side.holder)} → ${text(side.candidate)}`)

/** The 95 % interval of a metric, where there is one. */
const span = (interval: MetricInterval | null | undefined) =>
  interval ? ` (${interval.low.toFixed(4)} to ${interval.high.toFixed(4)})` : ''

const short = (digest: string | null) => digest?.slice(0, 12) ?? 'none'

function shown(value: Json): string {
  if (value === null) return 'none'
  if (typeof value === 'number' && !Number.isInteger(value)) return value.toFixed(4)
  return typeof value === 'string' ? value : JSON.stringify(value)
}
