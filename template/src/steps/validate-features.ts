import { step, table } from '@airlock-ml/sdk'
import type { Table } from '@airlock-ml/tabular'
import { featureFault } from '../../governance/steps/feature-fault.ts'
import { FEATURES } from '../diagnosis.ts'

/** Checks that a table to be scored has exactly the measurements, every one a finite number. */
export const validateFeatures = step({
  name: 'validate_features',
  inputs: { table: table() },
  outputs: { features: table() },
  run: ({ inputs, context }) => {
    const features = checkedFeatures(inputs.table)
    context.log.info(`${features.rowCount} rows with all ${FEATURES.length} measurements`)
    context.logMetadata({ rows: features.rowCount })
    return { features }
  },
})

/** The measurements in their order. Throws an error that names the column, and the row where there is one. */
export function checkedFeatures(found: Table): Table {
  const missing = FEATURES.filter((name) => !found.has(name))
  if (missing.length > 0)
    throw new Error(`Missing: ${quoted(missing)}. Add what is missing; nothing is filled in here.`)
  const extra = found.columnNames.filter((name) => !FEATURES.includes(name))
  if (extra.length > 0)
    throw new Error(`The model does not know ${quoted(extra)}. Remove what it does not know, or correct its name.`)
  if (found.rowCount === 0) throw new Error('There are no rows to score. Check how the file was made.')
  const features = found.select(FEATURES)
  const fault = features.columns.map(featureFault).find((each) => each !== undefined)
  if (fault) throw new Error(fault)
  return features
}

const quoted = (names: readonly string[]) => `column ${names.map((name) => `"${name}"`).join(', ')}`
