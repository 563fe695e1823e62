import type { Difference, Json } from '@airlock-ml/contract'

/** A candidate beside the version that holds the stage, a line each; nothing when nobody holds it. */
export function differenceLines(difference: Difference | null): string {
  if (!difference) return ''
  const { holder, metrics, parameters, evaluation, commit } = difference
  const isComparable = evaluation.holder === evaluation.candidate
  const lines = [
    ...Object.entries(metrics).map(
      ([name, side]) => `metric ${name}: ${shown(side.holder)} → ${shown(side.candidate)}`,
    ),
    ...Object.entries(parameters).map(
      ([name, side]) => `parameter ${name}: ${shown(side.holder)} → ${shown(side.candidate)}`,
    ),
    isComparable ? 'evaluation table: the same' : 'evaluation table: another, so the metrics do not compare',
    commit.holder === commit.candidate
      ? 'commit: the same'
      : `commit: ${short(commit.holder)} → ${short(commit.candidate)}`,
  ]
  return [`beside version ${holder}, which holds it now`, ...lines.map((line) => `  ${line}`)].join('\n')
}

const short = (commit: string | null) => commit?.slice(0, 12) ?? 'none'

function shown(value: Json): string {
  if (value === null) return 'none'
  if (typeof value === 'number' && !Number.isInteger(value)) return value.toFixed(4)
  return typeof value === 'string' ? value : JSON.stringify(value)
}
