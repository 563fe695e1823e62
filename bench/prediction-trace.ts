import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { ServedVersion } from '@airlock-ml/contract'
import { makeBenchWorkspace, openBenchWorkspace } from './bench-workspace.ts'
import type { Benchmark } from './benchmark.ts'
import { deployModel, logPredictions, PART_ROWS } from './logged-predictions.ts'
import type { Measured } from './measure.ts'
import { writePartRows } from './part-rows.ts'
import { withTempFolder } from './temp-folder.ts'
import { registerVersion, storeSmallModel } from './versions.ts'

const ROUNDS = 400
const WARM_UP = 40
const FEW = 10_000
const MANY = 10_000_000
/** Of the many, so many parts are there to be read; of the others only the index. */
const REAL_PARTS = 10
const place = { project: 'bench', stack: 'bench-stack', model: 'small' }

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
      const times = { few: [] as number[], many: [] as number[] }
      for (let round = 0; round < rounds + WARM_UP; round++) {
        const isFewFirst = round % 2 === 0
        const first = await (isFewFirst ? few : many).trace()
        const second = await (isFewFirst ? many : few).trace()
        if (round < WARM_UP) continue
        times.few.push(isFewFirst ? first : second)
        times.many.push(isFewFirst ? second : first)
      }
      await few.close()
      await many.close()
      const ratio = p95(times.many) / p95(times.few)
      const measured = { 'among 10,000,000': measuredOf(times.many), 'among 10,000': measuredOf(times.few) }
      return { measured, ratio, notes: [`p95 ${p95(times.many).toFixed(1)} ms to ${p95(times.few).toFixed(1)} ms`] }
    }),
}

/** A workspace with so many predictions; `trace` answers how long it took to trace one of them, in ms. */
async function tracerAmong(count: number, dir: string) {
  const exchange = join(dir, 'exchange')
  await mkdir(exchange, { recursive: true })
  const home = join(dir, 'workspace')
  const key = await makeBenchWorkspace({ dir: home, exchange, name: 'bench', ...place })
  const made = await openBenchWorkspace(key)
  const { project, model } = place
  const outputs = await storeSmallModel(made.client, project)
  const number = await registerVersion(made.client, { ...place, outputs })
  const { id, digest } = await made.client.showModelVersion({ project, model, number })
  const version: ServedVersion = {
    ...{ id, model, number, sourceWorkspace: 'bench', sourceNumber: number, digest, artifacts: {} },
  }
  const service = await deployModel(made.client, made.workspace.fetch, model)
  const rows = Math.min(count, REAL_PARTS * PART_ROWS)
  const startedAt = Date.now()
  const ids = await logPredictions(service, { dir, version, rows })
  await made.close()
  writePartRows(join(home, 'workspace.db'), { count: (count - rows) / PART_ROWS, at: startedAt })
  const { client, close } = await openBenchWorkspace(key)
  let turn = 0
  return {
    close,
    trace: async () => {
      const predictionId = ids[(turn++ * 7_919) % ids.length]!
      const at = performance.now()
      await client.tracePrediction({ project, predictionId })
      return performance.now() - at
    },
  }
}

const sorted = (times: readonly number[]) => times.toSorted((a, b) => a - b)
const p95 = (times: readonly number[]): number => sorted(times)[Math.floor(times.length * 0.95)]!

const measuredOf = (times: readonly number[]): Measured => ({
  medianMs: sorted(times)[times.length >> 1]!,
  fastestMs: sorted(times)[0]!,
  slowestMs: sorted(times).at(-1)!,
  peakBytes: undefined,
})
