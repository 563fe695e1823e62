import { join } from 'node:path'
import { writeArtifactRows } from './artifact-rows.ts'
import { makeBenchWorkspaceIn, openBenchWorkspace, project, stack } from './bench-workspace.ts'
import type { Benchmark } from './benchmark.ts'
import { measuredBoth, p95Ratio, p95sOf, readInTurn, type Source, together } from './few-and-many.ts'
import { withTempFolder } from './temp-folder.ts'
import { registerVersion, storeSmallModel } from './versions.ts'

const ROUNDS = 300
const model = 'small'

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
      const times = together(await readInTurn({ few, many }, { rounds, warmUp: 20 }))
      const measured = measuredBoth(times, { few: 'among 1,000', many: 'among 1,000,000' })
      return { measured, ratio: p95Ratio(times), notes: [p95sOf(times)] }
    }),
}

/** A workspace with one real version amid so many artifacts; a part of a reading is one kind of reference. */
async function tracerAmong(count: number, dir: string): Promise<Source> {
  const key = await makeBenchWorkspaceIn(dir)
  writeArtifactRows(join(key.dir, 'workspace.db'), { project, count })
  const { client, close } = await openBenchWorkspace(key)
  const number = await registerVersion(client, {
    project,
    stack,
    model,
    outputs: await storeSmallModel(client, project),
  })
  const { source, artifacts } = await client.showModelVersion({ project, model, number })
  const refs = [`${model}/${number}`, artifacts.model!.id, artifacts.evaluation!.digest, source.runId]
  return {
    close,
    read: async () => {
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
