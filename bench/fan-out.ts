import { join } from 'node:path'
import { compile, json, list, map, pipeline, runPipeline, step } from '@airlock-ml/sdk'
import { z } from 'zod'
import { makeBenchWorkspaceIn, openBenchWorkspace, project, stack } from './bench-workspace.ts'
import type { Benchmark } from './benchmark.ts'
import { measureInTurn, type Sample, timed } from './measure.ts'
import { withTempFolder } from './temp-folder.ts'

const ROUNDS = 1
const MANY = 10_000
const FEW = 1_000

/** Ten times the items may take little more than ten times as long: a step's own cost does not grow with its neighbours. */
export const wideFanOut: Benchmark = {
  name: 'fan-out',
  summary: `A run of a fan-out over ${MANY} items with its fan-in, to one over ${FEW}.`,
  bar: { is: 'at most', ratio: 15 },
  run: ({ rounds = ROUNDS, note }) =>
    withTempFolder(async (dir) => {
      let count = 0
      const runOver = (items: number) => () => runFanOut(join(dir, `run-${++count}`), items)
      const names = { many: `${MANY} items`, few: `${FEW} items` }
      const measured = await measureInTurn({ [names.many]: runOver(MANY), [names.few]: runOver(FEW) }, { rounds, note })
      return { measured, ratio: measured[names.many]!.medianMs / measured[names.few]!.medianMs }
    }),
}

const square = step({
  name: 'square',
  params: z.object({ of: z.number() }),
  outputs: { value: json<number>() },
  run: ({ params }) => ({ value: params.of ** 2 }),
})
const sum = step({
  name: 'sum',
  inputs: { values: list(json<number>()) },
  outputs: { total: json<number>() },
  run: ({ inputs }) => ({ total: inputs.values.reduce((total, value) => total + value, 0) }),
})
// The items are a parameter, as those of a search are: every step stands in a run whose parameters are many.
const squares = pipeline({
  name: 'squares',
  params: z.object({ of: z.array(z.number()) }),
  build: ({ params }) => {
    sum({ inputs: { values: map(params.of, (of) => square({ params: { of } }).value) } })
  },
})

/** Compiles, stores, runs and shows the pipeline in a workspace of its own, whose making does not count. */
async function runFanOut(dir: string, items: number): Promise<Sample> {
  const { client, close } = await openBenchWorkspace(await makeBenchWorkspaceIn(dir))
  const params = { of: Array.from({ length: items }, (_, at) => at) }
  const sample = await timed(async () => {
    const code = { digest: 'c'.repeat(64), commit: null, dirty: true }
    const snapshot = compile(squares, { params, environment: 'local', stack, code })
    const { run } = await runPipeline({ client, project, pipeline: squares, snapshot })
    if (run.status !== 'completed') throw new Error(`The run is ${run.status}: ${run.error?.message}`)
    await client.showRun({ project, runId: run.id })
  })
  await close()
  return { ...sample, peakBytes: process.memoryUsage().rss }
}
