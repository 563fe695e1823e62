// Scores a model from elsewhere in a process of its own, under the limits that `scorer.ts` sets: takes one task from
// stdin, answers on stdout, and does nothing else.
import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import type { ScoringAnswer, ScoringTask } from './scorer.ts'

const MAX_MESSAGE = 2_000
/** Characters: four bytes each at most, below what `scorer.ts` reads. */
const MAX_COLUMNS = 12_000

async function score(task: ScoringTask): Promise<ScoringAnswer> {
  const { assertSafeOnnx, evaluate, flatMetrics, loadOnnx, readParquet } = await import('@airlock-ml/tabular')
  try {
    const model = await readFile(task.modelFile)
    assertSafeOnnx(model)
    const graph = await loadOnnx(model)
    const table = await readParquet(task.evaluationFile, { plainOnly: task.isForeign })
    const found = await evaluate(graph, table, task.spec)
    return { metrics: flatMetrics(found), intervals: found.intervals, columns: columnsOf(table) }
  } catch (error) {
    return { refused: (error as Error).message.slice(0, MAX_MESSAGE) }
  }
}

/** The type of each column; null for a table whose columns would not fit into an answer. */
function columnsOf({ columns }: { columns: readonly { name: string; kind: string }[] }): Record<string, string> | null {
  const kinds = Object.fromEntries(columns.map(({ name, kind }) => [name, kind]))
  return JSON.stringify(kinds).length > MAX_COLUMNS ? null : kinds
}

/** Loads what any task needs while there is none yet. */
async function prepare(): Promise<void> {
  const { prepareOnnx } = await import('@airlock-ml/tabular')
  await prepareOnnx()
}

if (import.meta.main) {
  const prepared = prepare()
  const task = JSON.parse(await text(process.stdin)) as ScoringTask
  await prepared
  process.stdout.write(JSON.stringify(await score(task)), () => process.exit(0))
}
