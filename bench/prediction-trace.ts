import { join } from 'node:path'
import type { ServedVersion } from '@airlock-ml/contract'
import { makeBenchWorkspaceIn, openBenchWorkspace, project, stack } from './bench-workspace.ts'
import type { Benchmark } from './benchmark.ts'
import { measuredBoth, p95Ratio, p95sOf, readInTurn, type Source, together } from './few-and-many.ts'
import { deployModel, logPredictions, PART_ROWS } from './logged-predictions.ts'
import { writePartRows } from './part-rows.ts'
import { withTempFolder } from './temp-folder.ts'
import { registerVersion, storeSmallModel } from './versions.ts'

const ROUNDS = 400
const WARM_UP = 40
const FEW = 10_000
const MANY = 10_000_000
/** Of the many, so many parts are there to be read; of the others only the index. */
const REAL_PARTS = 10
const model = 'small'

/** The index leads to the one part that holds a prediction; of it one row group is decoded. */
export const tracePredictionAmongMany: Benchmark = {
  name: 'prediction-trace',
  summary: 'Tracing one prediction among 10,000,000, to one among 10,000; p95.',
  bar: { is: 'at most', ratio: 3 },
  run: ({ rounds = ROUNDS, note }) =>
    withTempFolder(async (dir) => {
      note('recording predictions')
      const few = await tracerAmong(FEW, join(dir, 'few'))
      const many = await tracerAmong(MANY, join(dir, 'many'))
      note(`${rounds} rounds, in turn`)
      const times = together(await readInTurn({ few, many }, { rounds, warmUp: WARM_UP }))
      const measured = measuredBoth(times, { few: 'among 10,000', many: 'among 10,000,000' })
      return { measured, ratio: p95Ratio(times), notes: [p95sOf(times)] }
    }),
}

/** A workspace with so many predictions; a reading traces one of them. */
async function tracerAmong(count: number, dir: string): Promise<Source> {
  const key = await makeBenchWorkspaceIn(dir)
  const made = await openBenchWorkspace(key)
  const outputs = await storeSmallModel(made.client, project)
  const number = await registerVersion(made.client, { project, stack, model, outputs })
  const { id, digest } = await made.client.showModelVersion({ project, model, number })
  const version: ServedVersion = {
    ...{ id, model, number, sourceWorkspace: 'bench', sourceNumber: number, digest, artifacts: {} },
  }
  const service = await deployModel(made.client, made.workspace.fetch, model)
  const rows = Math.min(count, REAL_PARTS * PART_ROWS)
  const startedAt = Date.now()
  const ids = await logPredictions(service, { dir, version, rows })
  await made.close()
  writePartRows(join(key.dir, 'workspace.db'), { count: (count - rows) / PART_ROWS, at: startedAt })
  const { client, close } = await openBenchWorkspace(key)
  let turn = 0
  return {
    close,
    read: async () => {
      const predictionId = ids[(turn++ * 7_919) % ids.length]!
      const at = performance.now()
      await client.tracePrediction({ project, predictionId })
      return [performance.now() - at]
    },
  }
}
