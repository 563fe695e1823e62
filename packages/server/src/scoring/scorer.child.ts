// Scores a model from elsewhere in a process of its own, under the limits that `scorer.ts` sets: takes one task from
// stdin, answers on stdout, and does nothing else.
import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { REHEARSE, type ScoringAnswer, type ScoringTask } from './scorer.ts'

const MAX_MESSAGE = 2_000
/** Characters: four bytes each at most, below what `scorer.ts` reads. */
const MAX_COLUMNS = 12_000

type Scored = Pick<ScoringTask, 'spec' | 'isForeign'> & { model: Uint8Array; table: string | Uint8Array }

async function score({ model, table: source, spec, isForeign }: Scored): Promise<ScoringAnswer> {
  const { evaluate, flatMetrics, loadOnnx, readParquet } = await import('@airlock-ml/tabular')
  try {
    const graph = await loadOnnx(model)
    const table = await readParquet(source, { plainOnly: isForeign })
    const found = await evaluate(graph, table, spec)
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

/** Loads what any task needs while there is none yet, and where there is time for it compiles it by a first use. */
async function prepare(): Promise<void> {
  const { prepareOnnx } = await import('@airlock-ml/tabular')
  await prepareOnnx()
  if (!process.argv.includes(REHEARSE)) return
  const { makeRehearsal } = await import('./rehearse.ts')
  await score(await makeRehearsal())
}

if (import.meta.main) {
  // White space before the answer: whoever started this learns that it is ready.
  const prepared = prepare().then(() => process.stdout.write('\n'))
  const { modelFile, evaluationFile, ...task } = JSON.parse(await text(process.stdin)) as ScoringTask
  await prepared
  const answer = await score({ ...task, model: await readFile(modelFile), table: evaluationFile })
  process.stdout.write(`${JSON.stringify(answer)}\n`, () => process.exit(0))
}
