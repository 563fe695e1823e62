import { step, table } from '@airlock-ml/sdk'
import { stringColumn, type Table } from '@airlock-ml/tabular'
import { DIAGNOSES, DIAGNOSIS, FEATURES, LABELS, TARGET } from '../diagnosis.ts'

export const labelDiagnosis = step({
  name: 'label_diagnosis',
  inputs: { table: table() },
  outputs: { labelled: table() },
  run: ({ inputs, context }) => {
    const labelled = withDiagnosis(inputs.table)
    const { values } = labelled.column(DIAGNOSIS)
    const counts = DIAGNOSES.map((name) => [name, [...values].filter((value) => value === name).length] as const)
    context.log.info(counts.map(([name, count]) => `${count} ${name}`).join(', '))
    context.logMetadata(Object.fromEntries(counts))
    return { labelled }
  },
})

/** The features and, in place of the number, the diagnosis in words. */
export function withDiagnosis(raw: Table): Table {
  const words = [...raw.column(TARGET).values].map((value, row) => {
    const word = LABELS[String(value)]
    if (word !== undefined) return word
    const known = Object.entries(LABELS).map(([number, meaning]) => `${number} (${meaning})`)
    throw new Error(`Row ${row + 1} of column "${TARGET}" is ${value}. It must be ${known.join(' or ')}.`)
  })
  return raw.select(FEATURES).withColumn(stringColumn(DIAGNOSIS, words))
}
