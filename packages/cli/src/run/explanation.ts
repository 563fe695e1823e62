import type { CacheDifference, Json, StepExplanation } from '@airlock-ml/contract'
import type { Context } from '../context.ts'

const words: Record<CacheDifference['kind'], string> = {
  file: 'code file',
  package: 'package',
  'lock-file': 'lock file',
  node: 'version of Node',
  place: 'place of the definition',
  project: 'whole project',
  parameter: 'parameter',
  input: 'input',
  other: 'setting',
}

/** A sentence on the step, and a line for each thing that differs. */
export function explanationText(
  { step, status, reason, differences }: StepExplanation,
  { colours }: Pick<Context, 'colours'>,
): string {
  const lines = differences.map(({ kind, name, before, after }) => {
    const what = name === kind || kind === 'lock-file' || kind === 'place' ? words[kind] : `${words[kind]} ${name}`
    return `  ${what}: ${changeText(before, after)}`
  })
  return [`${colours.bold(step)} ${status}. ${reason}`, ...lines].join('\n')
}

/** A digest is cut to what tells two apart; what was not there, or is not, is said in a word. */
export function changeText(before: Json, after: Json): string {
  if (before === null) return `new, ${valueText(after)}`
  if (after === null) return `gone, was ${valueText(before)}`
  return `${valueText(before)} → ${valueText(after)}`
}

function valueText(value: Json): string {
  if (typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)) return value.slice(0, 12)
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}
