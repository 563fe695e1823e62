// Scores a table in a process of its own.
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SHARE_ENV, Worker } from 'node:worker_threads'
import { scoreFile } from '@airlock-ml/serving/batch'
import { divideTable } from '@airlock-ml/tabular'
import type { BareThread } from './bare-scoring.child.ts'
import type { BatchSample, BatchTask } from './batch-task.ts'
import { answerWithSample } from './measure-apart.ts'

const run = {
  id: '0198c0de-0000-7000-8000-000000000000',
  model: { name: 'breast_cancer_classifier', number: 1, digest: 'd'.repeat(64) },
}

async function scoreBatch({ model, input, output, threads }: BatchTask): Promise<void> {
  await scoreFile({
    ...{ input, output, threads, run, copies: { risk: 'malignant' } },
    model: await readFile(model),
    log: (line) => console.error(line),
    signal: new AbortController().signal,
    now: () => new Date(),
  })
}

/** Reads, scores and writes in as many threads, each its share of the file, and keeps no account of it. */
async function scoreBare({ model, input, output, threads }: BatchTask): Promise<void> {
  await mkdir(output, { recursive: true })
  // The parts are only where each thread begins and ends; that the file is hashed for it is not counted.
  const { parts, ...table } = await divided(input)
  const share = Math.ceil(parts.length / threads)
  const shares = Array.from({ length: threads }, (_, at) => parts.slice(at * share, (at + 1) * share))
  const bytes = await readFile(model)
  begin()
  await Promise.all(
    shares.map((mine, at) => {
      const workerData: BareThread = { input, table, parts: mine, model: bytes, output: join(output, `${at}.parquet`) }
      const worker = new Worker(join(import.meta.dirname, 'bare-scoring.child.ts'), { workerData, env: SHARE_ENV })
      return new Promise<void>((resolve, reject) => {
        worker.once('error', reject)
        worker.once('exit', () => resolve())
      })
    }),
  )
}

const divided = (input: string) => divideTable(input, { partRows: 100_000 })

let startedMs = 0
let usedBefore: NodeJS.CpuUsage
function begin(): void {
  startedMs = performance.now()
  usedBefore = process.cpuUsage()
}

async function perform(task: BatchTask): Promise<BatchSample> {
  begin()
  await (task.act === 'batch' ? scoreBatch(task) : scoreBare(task))
  const { user, system } = process.cpuUsage(usedBefore)
  return { ms: performance.now() - startedMs, cpuMs: (user + system) / 1_000 }
}

if (import.meta.main) answerWithSample(perform)
