import { hash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Benchmark } from './benchmark.ts'
import { makeServedModel, SECRET } from './served-model.ts'
import { type Swapped, startServiceProcess } from './service-process.ts'
import { withTempFolder } from './temp-folder.ts'
import { startTimedLoad } from './timed-load.ts'

const SWAPS = 100
const EVERY_MS = 2_000
const WARM_MS = 3_000
const CONNECTIONS = 32

/** Each swap loads a version of 100 trees in the process that answers, as a service does that follows its stage. */
export const swapUnderLoad: Benchmark = {
  name: 'swap',
  summary: 'p99 in the second after a service begins to change the version under load, to its p99 in between.',
  bar: { is: 'at most', ratio: 2 },
  run: ({ rounds = SWAPS, note }) =>
    withTempFolder(async (dir) => {
      const { row, ...model } = await makeServedModel(dir, 1)
      const next = await makeServedModel(dir, 2)
      const service = await startServiceProcess({
        ...{ ...model, is: 'service', keySha256: hash('sha256', SECRET), port: 0, sharesPort: false },
        next: { onnx: next.onnx, version: next.version },
      })
      const load = startTimedLoad({
        ...{ url: `${service.url}/v1/predict`, body: JSON.stringify({ row }), authorization: `Bearer ${SECRET}` },
        connections: CONNECTIONS,
      })
      try {
        await sleep(WARM_MS)
        const warmedAt = Date.now()
        const swaps: Swapped[] = []
        for (let swap = 1; swap <= rounds; swap++) {
          if (swap % Math.ceil(rounds / 10) === 0) note(`swap ${swap} of ${rounds}`)
          await sleep(EVERY_MS)
          swaps.push(await service.swap())
        }
        await sleep(EVERY_MS)
        const { requests, failed, within, rest } = await load.stop(swaps.map(({ heardAtMs }) => heardAtMs))
        const median = (of: (swap: Swapped) => number) => swaps.map(of).sort((a, b) => a - b)[swaps.length >> 1]!
        const most = (of: (swap: Swapped) => number) => Math.max(...swaps.map(of))
        const loadMs = ({ heardAtMs, swappedAtMs }: Swapped) => swappedAtMs - heardAtMs
        const lastMs = ({ swappedAtMs, lastOldAnswerAtMs }: Swapped) => lastOldAnswerAtMs - swappedAtMs
        const asMeasured = ({ p99Ms, mostMs }: typeof within) => ({
          ...{ medianMs: p99Ms, fastestMs: p99Ms, slowestMs: mostMs, peakBytes: undefined },
        })
        return {
          measured: { 'p99 in the second of a swap': asMeasured(within), 'p99 else': asMeasured(rest) },
          ratio: within.p99Ms / rest.p99Ms,
          notes: [
            `${swaps.length} swaps, ${requests} requests in ${Math.round((Date.now() - warmedAt) / 1_000)} s, ${failed} failed.`,
            'The slowest of a line is the slowest single answer.',
            `Loading and warming a version took ${median(loadMs).toFixed(0)} ms (most ${most(loadMs).toFixed(0)}), in which the old one went on.`,
            `Then the old version gave its last answer within ${median(lastMs).toFixed(0)} ms (most ${most(lastMs).toFixed(0)}), ${median(({ oldAnswers }) => oldAnswers)} answers later (most ${most(({ oldAnswers }) => oldAnswers)}).`,
          ],
          fault: failed > 0 ? `${failed} requests failed.` : undefined,
        }
      } finally {
        await service.stop()
      }
    }),
}
