import { step, table } from '@airlock-ml/sdk'
import { z } from 'zod'
import { readTable } from '../read-table.ts'

export const loadData = step({
  name: 'load_data',
  outputs: { table: table() },
  params: z.object({ path: z.string() }),
  run: async ({ params, context }) => {
    const loaded = await readTable(params.path)
    context.log.info(`read ${loaded.rowCount} rows of ${loaded.columns.length} columns from ${params.path}`)
    context.logMetadata({ path: params.path, rows: loaded.rowCount, columns: loaded.columns.length })
    return { table: loaded }
  },
})
