import { availableParallelism } from 'node:os'
import type { DividedTable } from '@airlock-ml/tabular'
import type { PartRecord } from './part-record.ts'
import { Progress } from './progress.ts'
import { RejectCount } from './reject-count.ts'
import type { ScoreFileOptions } from './score-file-options.ts'
import { scoreInThreads } from './score-in-threads.ts'
import type { ScoringJob } from './score-part.ts'

const mostThreads = 4

/** Scores what is missing, and answers with how many rows that were. */
export async function scoreMissing(
  records: (PartRecord | undefined)[],
  options: ScoreFileOptions & { job: ScoringJob; table: DividedTable; startedMs: number },
): Promise<number> {
  const { model, job, table, signal, now, log, maxRejects = 0, startedMs, input } = options
  const missing = [...records.keys()].filter((index) => records[index] === undefined)
  const rowsOf = (indexes: readonly number[]) => indexes.reduce((sum, index) => sum + table.parts[index]!.rows, 0)
  const rowsNow = rowsOf(missing)
  const rejects = new RejectCount(input, maxRejects)
  for (const record of records) if (record) rejects.add(record)
  if (missing.length === 0) return 0
  const progress = new Progress({ rows: table.rows, before: table.rows - rowsNow, nowMs: startedMs }, log)
  const threads = Math.min(missing.length, options.threads ?? Math.min(availableParallelism(), mostThreads))
  await scoreInThreads({
    ...{ job, model, threads, signal },
    nextTask: () => {
      const index = missing.shift()
      return index === undefined ? undefined : { index, part: table.parts[index]!, mostRejects: rejects.left }
    },
    onPart: (outcome, index) => {
      if ('left' in outcome) rejects.leave(outcome)
      else {
        records[index] = outcome
        rejects.add(outcome)
      }
    },
    onPace: (scored) => progress.see(scored, now().getTime()),
  })
  return rowsNow
}
