import { didYouMean, PlatformError } from '@airlock-ml/contract'
import type { DividedTable } from '@airlock-ml/tabular'

/**
 * Checks that the input has what the model takes, and answers with the columns that nothing uses.
 * @throws PlatformError `batch_input_unfit`
 */
export function checkColumns(
  input: string,
  { columns }: DividedTable,
  wanted: {
    features: readonly string[]
    key: string | undefined
    copies: Readonly<Record<string, string>>
    classLabels: readonly string[]
  },
): string[] {
  const { features, key, copies, classLabels } = wanted
  const missing = features.filter((name) => !columns.includes(name))
  if (missing.length > 0) {
    const unknown = columns.filter((name) => !features.includes(name) && name !== key)
    const has = unknown.length === 0 ? '' : ` It has besides: ${listed(unknown)}.`
    throw unfit(
      `${input} lacks ${missing.length} of the ${features.length} features of the model: ${listed(missing)}.${has}`,
    )
  }
  if (key !== undefined && !columns.includes(key)) {
    throw unfit(`${input} has no column "${key}", which is to be the key. ${didYouMean(key, columns)}`.trim())
  }
  for (const [name, label] of Object.entries(copies)) {
    if (classLabels.includes(label)) continue
    const classes = listed(classLabels)
    throw unfit(`The column ${name} is to be the probability of "${label}", and the model tells apart: ${classes}.`)
  }
  return columns.filter((name) => !features.includes(name) && name !== key)
}

/** @throws PlatformError `batch_input_unfit` */
export function demandRows(input: string, { rows }: DividedTable): void {
  if (rows === 0) throw unfit(`${input} has no rows to score. Check how it was made.`)
}

const unfit = (message: string) => new PlatformError('batch_input_unfit', message)

function listed(names: readonly string[]): string {
  const shown = names
    .slice(0, 10)
    .map((name) => JSON.stringify(name))
    .join(', ')
  return names.length > 10 ? `${shown} and ${names.length - 10} more` : shown
}
