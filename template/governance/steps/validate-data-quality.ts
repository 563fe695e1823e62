import { step, table } from '@airlock-ml/sdk'
import type { Column, Table } from '@airlock-ml/tabular'
import { z } from 'zod'
import { featureFault } from './feature-fault.ts'

const rules = z.object({
  /** Columns that must be there and hold finite numbers only. */
  features: z.array(z.string()).min(1),
  /** Column of the label. */
  target: z.string(),
  /** What the label may be, as text. */
  labels: z.array(z.string()).min(2),
  min_rows: z.int().min(1),
})

/** Refuses data that no model should be trained on. What it lets through, and nothing else, goes on to training. */
export const validateDataQuality = step({
  name: 'validate_data_quality',
  inputs: { table: table() },
  outputs: { checked: table() },
  params: rules,
  run: ({ inputs, params, context }) => {
    const faults = dataFaults(inputs.table, params)
    if (faults.length > 0) throw new Error(faults.join('\n'))
    context.log.info(`${inputs.table.rowCount} rows, ${params.features.length} features, nothing missing`)
    context.logMetadata({ rows: inputs.table.rowCount, features: params.features.length })
    return { checked: inputs.table }
  },
})

/** Everything that is wrong with a table, a sentence each: where, what, and what to do. */
export function dataFaults(found: Table, wanted: z.output<typeof rules>): string[] {
  const missing = [...wanted.features, wanted.target].filter((name) => !found.has(name))
  const faults = missing.map((name) => `Column "${name}" is missing. Add it, or correct the header.`)
  if (found.rowCount < wanted.min_rows) {
    const rows = found.rowCount === 0 ? 'no rows' : `only ${found.rowCount} rows`
    faults.push(`There are ${rows}, and ${wanted.min_rows} are the fewest to train on. Collect more data.`)
  }
  for (const name of wanted.features) {
    const fault = found.has(name) ? featureFault(found.column(name)) : undefined
    if (fault) faults.push(fault)
  }
  if (found.has(wanted.target)) faults.push(...labelFaults(found.column(wanted.target), wanted.labels))
  return faults
}

function labelFaults(column: Column, labels: readonly string[]): string[] {
  const values = [...column.values].map(String)
  const row = values.findIndex((value) => !labels.includes(value))
  if (row >= 0) {
    const shown = ['NaN', 'null'].includes(values[row]!) ? 'missing' : JSON.stringify(values[row])
    return [
      `Row ${row + 1} of column "${column.name}" is ${shown}. A label is one of ${labels.join(', ')}: correct it.`,
    ]
  }
  const absent = values.length === 0 ? [] : labels.filter((label) => !values.includes(label))
  return absent.map((label) => `No row of column "${column.name}" is ${label}. Add rows of that class.`)
}
