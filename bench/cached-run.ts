import { hash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { compile, pipeline, runPipeline, step, text } from '@airlock-ml/sdk'
import { makeBenchWorkspaceIn, openBenchWorkspace, project, stack } from './bench-workspace.ts'
import type { Benchmark } from './benchmark.ts'
import { measureInTurn, timed } from './measure.ts'
import { withTempFolder } from './temp-folder.ts'

const ROUNDS = 15
const STEPS = 100
const OUTPUT_BYTES = 256 * 1024

/** What it costs to take everything from the cache: start, look-ups, checks and record of a run, over the bare reads. */
export const cachedRun: Benchmark = {
  name: 'cached-run',
  summary: `A cached run of a chain of ${STEPS} steps of ${OUTPUT_BYTES / 1024} KiB each, to its reads alone.`,
  bar: { is: 'at most', ratio: 4 },
  run: ({ rounds = ROUNDS, note }) =>
    withTempFolder(async (dir) => {
      const key = await makeBenchWorkspaceIn(dir)
      const { client, close } = await openBenchWorkspace(key)
      const runOnce = async (status: 'completed' | 'cached') => {
        const code = { digest: 'c'.repeat(64), commit: null, dirty: true }
        const snapshot = compile(chain, { params: {}, environment: 'local', stack, code })
        const cache = { projectDir: import.meta.dirname }
        const { run } = await runPipeline({ client, project, pipeline: chain, snapshot, cache })
        const other = run.steps.find((each) => each.status !== status)
        if (run.status !== 'completed' || other)
          throw new Error(`The run is ${run.status}, ${other?.name} not ${status}.`)
        return run.id
      }
      const filled = await runOnce('completed')
      const contenders = {
        'cached run': () => timed(() => runOnce('cached')),
        'bare reads': () => timed(() => readAlone(key.dir, filled)),
      }
      const measured = await measureInTurn(contenders, { rounds, note })
      await close()
      return {
        measured,
        ratio: measured['cached run'].medianMs / measured['bare reads'].medianMs,
        notes: ['Both read the record of each step and hash its bytes; the run records itself as well.'],
      }
    }),
}

const begin = step({
  name: 'begin',
  cache: true,
  outputs: { words: text() },
  run: () => ({ words: wordsOf('begin') }),
})
const next = step({
  name: 'next',
  cache: true,
  inputs: { words: text() },
  outputs: { words: text() },
  run: ({ context }) => ({ words: wordsOf(context.step) }),
})

const chain = pipeline({
  name: 'chain',
  build: () => {
    let { words } = begin()
    for (let at = 1; at < STEPS; at++) ({ words } = next({ name: `next_${at}`, inputs: { words } }))
  },
})

/** No two alike, so that each is a file of its own. */
function wordsOf(name: string): string {
  return hash('sha256', name).repeat(OUTPUT_BYTES / 64)
}

/** What a cached run has to read, with nothing but prepared statements and the files themselves. */
async function readAlone(workspaceDir: string, runId: string): Promise<void> {
  const database = new DatabaseSync(join(workspaceDir, 'workspace.db'), { readOnly: true })
  const keys = database.prepare('select name, cache_key from step_runs where run_id = ?').all(runId)
  const entry = database.prepare(
    'select * from step_runs where cache_key = ? and status = ? order by run_id desc limit 1',
  )
  const made = database.prepare('select * from artifact_versions where run_id = ? and step = ?')
  for (const { name, cache_key } of keys) {
    const { run_id } = entry.get(cache_key!, 'completed')!
    for (const { digest } of made.all(run_id!, name!)) {
      const path = join(workspaceDir, 'artifacts', 'blobs', String(digest).slice(0, 2), String(digest))
      if (hash('sha256', await readFile(path)) !== digest) throw new Error(`${path} is damaged.`)
    }
  }
  database.close()
}
