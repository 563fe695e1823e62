import assert from 'node:assert/strict'
import { join } from 'node:path'
import { readParquet, type Table } from '@airlock-ml/tabular'
import type { Chapter } from '../demo.ts'
import { MODEL, PREDICTIONS, PRODUCTION } from '../names.ts'
import { holderOf } from '../state.ts'

export const scoreInProduction: Chapter = {
  title: 'Score a file in production, by stage',
  run: async (demo) => {
    demo.say('Batch inference names a stage, and the run is pinned to the version that holds it when it starts.')
    await demo.airlock('run batch-inference --environment production --stage production --as ci')

    const predictions = await readParquet(join(demo.dir, PREDICTIONS, 'part-00000.parquet'))
    demo.say(`${PREDICTIONS} has ${predictions.rowCount} rows. Each says which version and which run it comes from:`)
    demo.say(preview(predictions))

    const { number, digest } = await holderOf(demo, PRODUCTION, 'production')
    for (const row of predictions.toRows()) {
      assert.deepEqual([row.model_name, row.model_version, row.model_digest], [MODEL, number, digest])
      assert.equal(row.prediction_id, `${row.run_id}.${row.row}`)
      assert.equal(row.risk, row.probability_malignant)
      assert.equal(row.label, Number(row.risk) > 0.5 ? 'malignant' : 'benign')
    }
  },
}

function preview(table: Table): string {
  const shown = table.take([0, 1, 2, 3, 4]).toRows()
  const lines = [table.columnNames, ...shown.map((row) => Object.values(row).map(cell))]
  const widths = table.columnNames.map((_, at) => Math.max(...lines.map((line) => line[at]!.length)))
  return lines.map((line) => `  ${line.map((text, at) => text.padEnd(widths[at]!)).join('  ')}`.trimEnd()).join('\n')
}

function cell(value: unknown): string {
  if (typeof value === 'number') return String(Number(value.toFixed(4)))
  return typeof value === 'string' && value.length > 36 ? `${value.slice(0, 12)}…` : String(value)
}
