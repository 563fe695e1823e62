import { spawn } from 'node:child_process'
import { once } from 'node:events'

export interface Job {
  name: string
  /** Arguments of Node: a script and its own arguments. */
  args: string[]
}

export interface Outcome {
  exitCode: number
  durationMs: number
  /** What it wrote, both streams in order. */
  output: string
}

/** A test that loops without end would otherwise hold the gate for good. */
const JOB_TIMEOUT_MS = 15 * 60_000

/** Runs `job` in `cwd` with this Node. A job that a signal or the timeout ended counts as failed. */
export async function runJob({ args }: Job, cwd: string): Promise<Outcome> {
  const startedMs = performance.now()
  const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], timeout: JOB_TIMEOUT_MS })
  const chunks: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  const [exitCode] = await once(child, 'close')
  return {
    exitCode: exitCode ?? 1,
    durationMs: performance.now() - startedMs,
    output: Buffer.concat(chunks).toString(),
  }
}

/** Runs jobs two at a time and reports each as it ends. */
export async function runInPairs(jobs: Job[], cwd: string, report: (job: Job, outcome: Outcome) => void) {
  const waiting = [...jobs]
  const work = async () => {
    for (let job = waiting.shift(); job; job = waiting.shift()) report(job, await runJob(job, cwd))
  }
  await Promise.all([work(), work()])
}
