import { join } from 'node:path'
import { type CompileOptions, compile, pipeline, runPipeline, step } from '@airlock-ml/sdk'
import { makeBenchWorkspaceIn, openBenchWorkspace, project, stack } from './bench-workspace.ts'
import type { Benchmark } from './benchmark.ts'
import { measureInTurn, type Sample, timed } from './measure.ts'
import { copyDatabase, type RunRecord, readRunRecord, writeRunRecord } from './run-record.ts'
import { withTempFolder } from './temp-folder.ts'

const ROUNDS = 5
const STEPS = 1_000

/** What tracking costs: the engine, the client, the server in process and its SQL, over the bare durable writes. */
export const trackedSteps: Benchmark = {
  name: 'steps',
  summary: `A run of ${STEPS} tracked no-op steps, to its own durable writes done alone.`,
  bar: { is: 'at most', ratio: 3 },
  run: ({ rounds = ROUNDS, note }) =>
    withTempFolder(async (dir) => {
      const empty = join(dir, 'empty.db')
      // From a run of its own, so that the bare writes have something to write in a round in which they come first.
      let record: RunRecord = {}
      await runTracked(join(dir, 'recorded'), {
        before: (database) => copyDatabase(database, empty),
        after: (database) => {
          record = readRunRecord(database, empty)
        },
      })
      let count = 0
      let transactions = 0
      const bareWrites = async () => {
        const database = join(dir, `bare-${++count}.db`)
        await copyDatabase(empty, database)
        return timed(() => {
          transactions = writeRunRecord(database, record)
        })
      }
      const contenders = { 'tracked run': () => runTracked(join(dir, `run-${++count}`)), 'bare writes': bareWrites }
      const measured = await measureInTurn(contenders, { rounds, note })
      return {
        measured,
        ratio: measured['tracked run'].medianMs / measured['bare writes'].medianMs,
        notes: [`Both write ${transactions} transactions with synchronous=FULL.`],
      }
    }),
}

const noOps = pipeline({
  name: 'no-ops',
  build: () => {
    for (let at = 0; at < STEPS; at++) noOp({ name: `no_op_${at}` })
  },
})
const noOp = step({ name: 'no_op', run: () => {} })
const options: CompileOptions = {
  params: {},
  environment: 'local',
  stack,
  code: { digest: 'c'.repeat(64), commit: null, dirty: true },
}

type Looks = { before?: (database: string) => Promise<void>; after?: (database: string) => void }

/** Compiles, stores and runs the pipeline in a workspace of its own, whose making does not count. */
async function runTracked(dir: string, { before, after }: Looks = {}): Promise<Sample> {
  const key = await makeBenchWorkspaceIn(dir)
  const database = join(key.dir, 'workspace.db')
  await before?.(database)
  const { client, close } = await openBenchWorkspace(key)
  const sample = await timed(async () => {
    const snapshot = compile(noOps, options)
    const { run } = await runPipeline({ client, project, pipeline: noOps, snapshot })
    if (run.status !== 'completed') throw new Error(`The run is ${run.status}: ${run.error?.message}`)
  })
  await close()
  after?.(database)
  return sample
}
