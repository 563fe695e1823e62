import type { Json } from '@airlock-ml/contract'
import type { Context } from '../context.ts'
import { table } from '../output/table.ts'
import { duration } from '../output/time.ts'
import type { Difference, RunDifference } from './differences.ts'

const mostFiles = 50

/** A section for each kind that differs, and the durations of the steps. */
export async function differenceText(difference: RunDifference, context: Context): Promise<string> {
  const { parameters, metrics, data, code, environment, durationsMs } = difference
  const section = async (title: string, rows: readonly Difference[], show = valueText) => {
    if (rows.length === 0) return []
    const shown = (value: Json) => (value === null ? '–' : show(value))
    const columns = {
      [title]: ({ name }: Difference) => name,
      A: ({ before }: Difference) => shown(before),
      B: ({ after }: Difference) => shown(after),
    }
    return [await table(rows, columns, context)]
  }
  const sections = [
    ...(await section('Parameter', parameters)),
    ...(await section('Metric', metrics)),
    ...(await section('Data', data)),
    ...codeLines(code),
    ...(await section('Environment', environment)),
  ]
  const same =
    sections.length === 0 ? ['Both did the same: parameters, metrics, data, code and environment are equal.'] : []
  const took = await section('Step', durationsMs, (value) => duration(0, Number(value)))
  return [...same, ...sections, ...took].join('\n\n')
}

function codeLines({ commits, tree, dirty, files }: RunDifference['code']): string[] {
  if (!commits && !tree) return []
  const commit = (value: Json) => (value === null ? 'none' : valueText(value))
  const from = commits ? `commits ${commit(commits.before)}..${commit(commits.after)}` : 'the same commit'
  const unclean = dirty ? ', with uncommitted changes' : ''
  const named = (files ?? []).slice(0, mostFiles).map((path) => `  ${path}`)
  const left = (files ?? []).length - named.length
  return [[`Code: ${from}${unclean}`, ...named, ...(left > 0 ? [`  and ${left} more`] : [])].join('\n')]
}

function valueText(value: Json): string {
  if (typeof value === 'string' && /^[0-9a-f]{40,64}$/.test(value)) return value.slice(0, 12)
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}
