import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { type EvaluationSpec, MetricInterval, PlatformError } from '@airlock-ml/contract'
import { z } from 'zod'
import type { ScoringLimits } from './limits.ts'
import { ownProgram } from './own-program.ts'

/** What is scored: files in a private folder, whose bytes were checked. */
export type ScoringTask = {
  modelFile: string
  evaluationFile: string
  spec: EvaluationSpec
  /** Whether the table is somebody else's, and read only in the plain encoding. */
  isForeign: boolean
}

/** Given as its argument when the process will stand ready before it gets its task. */
export const REHEARSE = '--rehearse'
const MAX_ANSWER_BYTES = 64 * 1024
const ScoringAnswer = z.union([
  z.strictObject({
    metrics: z.record(z.string().max(100), z.number()),
    intervals: z.record(z.string().max(100), MetricInterval).default({}),
    columns: z.record(z.string(), z.string().max(20)).nullable().default(null),
  }),
  z.strictObject({ refused: z.string() }),
])
export type ScoringAnswer = z.infer<typeof ScoringAnswer>
/** A model's metrics with their intervals, and the type of each column of the table, where it is known. */
export type Scores = Exclude<ScoringAnswer, { refused: string }>

/** A limited process that waits for a task. */
export type Scorer = {
  /**
   * Checks that a graph is safe to load and scores it on its evaluation table: on import these are the numbers that
   * gates see, before a rollback those that must come out as they were recorded. Takes one task.
   * @throws PlatformError `model_invalid`, `scoring_failed`
   */
  score: (task: ScoringTask) => Promise<Scores>
  /** False once it is gone, of itself or because it was stopped. */
  isRunning: () => boolean
  /** Resolves when it has loaded what any task needs, or is gone. */
  loaded: () => Promise<void>
  /** Ends the process, whatever it does, and resolves when it is gone. Also after it has scored. */
  stop: () => Promise<void>
}

/**
 * Limits the process for all of its life, and ends it as soon as the pipe on its stdin closes: when we say so, or when
 * we are gone. It may not write a file, not even of one byte. The task comes in through the fourth pipe.
 */
const LIMITED = `ulimit -c 0; ulimit -f 0; ulimit -S -t "$1"; ulimit -H -t $(($1 + 1)); ulimit -d "$2"; shift 2
"$@" <&3 3<&- & exec >&- 3<&-
read -r _; kill -9 $!; wait $!`

/**
 * Starts the process that scores a model from elsewhere. It knows nothing of this workspace but the files of its task:
 * no environment, no arguments but limits, no way to write files or start programs. Start it before the task is known,
 * since it takes a while to load, and stop it in any case. With `rehearses` it uses the time that it has until then and
 * scores a model of its own. Tests give it another program to run.
 */
export function startScorer(
  limits: ScoringLimits,
  { program = ownProgram, rehearses = false }: { program?: string; rehearses?: boolean } = {},
): Scorer {
  const child = startLimited(limits, rehearses ? [program, REHEARSE] : [program])
  // A process that is gone already is judged by its answer, which is none.
  for (const stream of child.stdio) stream?.on('error', () => {})
  const gone = new Promise<number | null>((resolve) => {
    child.once('exit', resolve).once('error', () => resolve(null))
  })
  // Its first byte says that it has loaded; nobody takes it off the pipe before the answer is read.
  const spoke = new Promise((resolve) => child.stdout?.once('readable', resolve))
  const stop = async () => {
    child.stdin?.destroy()
    if (process.platform === 'win32') child.kill('SIGKILL')
    await gone
    for (const stream of child.stdio) stream?.destroy()
  }
  const score = async (task: ScoringTask) => {
    const pipe = child.stdio[3] as Writable | null
    ;(pipe ?? child.stdin)?.end(JSON.stringify(task))
    const answer = readAnswer(child.stdout as Readable).catch(() => undefined)
    const answered = await inTime(answer, limits.timeoutMs)
    if (answered === 'late') throw failed(`It took longer than ${limits.timeoutMs / 1_000} s.`)
    const scores = scoresIn(answered)
    if (scores) return scores
    await stop()
    throw failed(causeOf(await gone, limits))
  }
  const isRunning = () => child.pid !== undefined && child.exitCode === null && child.signalCode === null
  const loaded = () => Promise.race([spoke, gone]).then(() => {})
  return { score, isRunning, loaded, stop }
}

function startLimited({ cpuSeconds, memoryMib }: ScoringLimits, program: string[]): ChildProcess {
  const node = [
    process.execPath,
    ...(program[0]?.endsWith('.ts') ? ['--conditions=source'] : []),
    ...['--permission', '--allow-fs-read=*', '--allow-addons', '--no-warnings'],
    `--max-old-space-size=${Math.floor(memoryMib / 2)}`,
    ...program,
  ]
  if (process.platform === 'win32')
    return spawn(node[0]!, node.slice(1), {
      env: { SystemRoot: process.env.SystemRoot },
      stdio: ['pipe', 'pipe', 'ignore'],
    })
  const limits = [String(cpuSeconds), String(memoryMib * 1_024)]
  return spawn('/bin/sh', ['-c', LIMITED, 'airlock-scorer', ...limits, ...node], {
    env: {},
    stdio: ['pipe', 'pipe', 'ignore', 'pipe'],
  })
}

/** The first line that is JSON, as soon as it is whole; undefined when there is none until it ends, or too much comes. */
async function readAnswer(stdout: Readable): Promise<unknown> {
  const chunks: Buffer[] = []
  let sizeBytes = 0
  for await (const chunk of stdout as AsyncIterable<Buffer>) {
    sizeBytes += chunk.byteLength
    if (sizeBytes > MAX_ANSWER_BYTES) return undefined
    chunks.push(chunk)
    const answer = chunk.at(-1) === LINE_END ? parsed(Buffer.concat(chunks)) : undefined
    if (answer !== undefined) return answer
  }
  return undefined
}

const LINE_END = 10

async function inTime<T>(answer: Promise<T>, timeoutMs: number): Promise<T | 'late'> {
  const waiting = new AbortController()
  const late = sleep(timeoutMs, 'late' as const, { signal: waiting.signal }).catch(() => 'late' as const)
  try {
    return await Promise.race([answer, late])
  } finally {
    waiting.abort()
  }
}

/** @throws PlatformError `model_invalid` */
function scoresIn(answered: unknown): Scores | undefined {
  const answer = ScoringAnswer.safeParse(answered).data
  if (answer && 'refused' in answer)
    throw new PlatformError(
      'model_invalid',
      `The model could not be scored on its evaluation table: ${answer.refused.slice(0, 2_000)}`,
    )
  return answer
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(String(bytes))
  } catch {
    return undefined
  }
}

/** A shell says 128 and the number of the signal. */
function causeOf(exitCode: number | null, { cpuSeconds, memoryMib }: ScoringLimits): string {
  if (exitCode === 0) return 'Its answer is none that we asked for.'
  if (exitCode === 128 + 24) return `It used more than ${cpuSeconds} s of processor time.`
  const memory = `which happens when it needs more than ${memoryMib} MiB of memory`
  return `The process that scores it died (${exitCode ?? 'it did not start'}), ${memory}.`
}

const failed = (why: string) => new PlatformError('scoring_failed', `The model was not scored. ${why}`)
