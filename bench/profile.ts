import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { profileParquet, readParquet, Table, writeParquet } from '@airlock-ml/tabular'
import type { Benchmark } from './benchmark.ts'
import { madeUpRows } from './made-up-rows.ts'
import { measureInTurn, timed } from './measure.ts'
import { withTempFolder } from './temp-folder.ts'

const ROUNDS = 5
const ROWS = 1_000_000
const FEATURES = 30

/** Looking at a whole table, with what gives its labels away, may cost little more than reading it. */
export const profileLarge: Benchmark = {
  name: 'profile',
  summary: 'Profiling a Parquet file of 1,000,000 rows and 30 columns with a target, to reading it.',
  bar: { is: 'at most', ratio: 2.5 },
  run: ({ rounds = ROUNDS, note }) =>
    withTempFolder(async (folder) => {
      const path = join(folder, 'rows.parquet')
      const { table } = madeUpRows({ rowCount: ROWS, featureCount: FEATURES, seed: 1 })
      // The label takes the place of the last feature: 30 columns in all.
      await writeFile(path, await writeParquet(new Table([...table.columns.slice(0, 29), table.column('label')])))
      const measured = await measureInTurn(
        {
          profile: () => timed(() => profileParquet(path, { target: 'label' })),
          reading: () => timed(() => readParquet(path)),
        },
        { rounds, note },
      )
      return { measured, ratio: measured.profile.medianMs / measured.reading.medianMs }
    }),
}
