import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { writeArtifactRows } from './artifact-rows.ts'
import { makeBenchWorkspace, openBenchWorkspace } from './bench-workspace.ts'
import type { Benchmark } from './benchmark.ts'
import type { Measured } from './measure.ts'
import { withTempFolder } from './temp-folder.ts'
import { registerVersion, storeSmallModel } from './versions.ts'

const ROUNDS = 300
const place = { project: 'bench', stack: 'bench-stack', model: 'small' }

/** Every step of the walk is an indexed look-up, so it must not notice how much else there is. */
export const traceAmongMany: Benchmark = {
  name: 'trace',
  summary: 'Tracing a version, its artifacts and its run among 1,000,000 artifacts, to the same among 1,000; p95.',
  bar: { is: 'at most', ratio: 3 },
  run: ({ rounds = ROUNDS, note }) =>
    withTempFolder(async (dir) => {
      note('writing 1,001,000 artifacts')
      const few = await tracerAmong(1_000, join(dir, 'few'))
      const many = await tracerAmong(1_000_000, join(dir, 'many'))
      note(`${rounds} rounds, in turn`)
      const times = { few: [] as number[], many: [] as number[] }
      for (let round = 0; round < rounds + 20; round++) {
        const [ofFew, ofMany] = round % 2 === 0 ? [await few.trace(), await many.trace()] : await backwards()
        if (round < 20) continue
        times.few.push(...ofFew)
        times.many.push(...ofMany)
      }
      await few.close()
      await many.close()
      const ratio = p95(times.many) / p95(times.few)
      const measured = { 'among 1,000,000': measuredOf(times.many), 'among 1,000': measuredOf(times.few) }
      return { measured, ratio, notes: [`p95 ${p95(times.many).toFixed(2)} ms to ${p95(times.few).toFixed(2)} ms`] }

      async function backwards(): Promise<[number[], number[]]> {
        const ofMany = await many.trace()
        return [await few.trace(), ofMany]
      }
    }),
}

/** A workspace with one real version amid so many artifacts; `trace` answers how long each kind of reference took, in ms. */
async function tracerAmong(count: number, dir: string) {
  const exchange = join(dir, 'exchange')
  await mkdir(exchange, { recursive: true })
  const home = join(dir, 'workspace')
  const key = await makeBenchWorkspace({ dir: home, exchange, name: 'bench', ...place })
  writeArtifactRows(join(home, 'workspace.db'), { project: place.project, count })
  const { client, close } = await openBenchWorkspace(key)
  const { project, model } = place
  const number = await registerVersion(client, { ...place, outputs: await storeSmallModel(client, project) })
  const { source, artifacts } = await client.showModelVersion({ project, model, number })
  const refs = [`${model}/${number}`, artifacts.model!.id, artifacts.evaluation!.digest, source.runId]
  return {
    close,
    trace: async () => {
      const times: number[] = []
      for (const ref of refs) {
        const startedAt = performance.now()
        await client.trace({ project, ref })
        times.push(performance.now() - startedAt)
      }
      return times
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
