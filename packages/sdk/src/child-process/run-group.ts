import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { readLines } from './read-lines.ts'

/** How long pipes may stay open when all of the group is dead: somebody who left the group may hold them. */
const pipesMs = 500

/** How a group of processes is watched. */
export interface GroupOptions {
  /** When aborted, the group is ended: with SIGTERM, and with SIGKILL what is left of it after `graceMs`. */
  readonly signal: AbortSignal
  readonly graceMs: number
  /** Told of each line of stdout and stderr. */
  readonly onLine: (stream: 'stdout' | 'stderr', line: string) => void
  /** Called instead of SIGTERM, to ask the first process in another way. */
  readonly askToStop?: () => void
}

/** How the first process of a group ended: with a code, or by a signal. */
export interface Ending {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/**
 * Watches a process that was started with `detached: true`, and so leads a group of its own, to its end. Whatever it
 * started and left behind in the group is killed then; nothing of it outlives this process either, unless that one is
 * killed itself. Rejects when the process could not be started.
 */
export async function runGroup(leader: ChildProcess, options: GroupOptions): Promise<Ending> {
  const { signal, graceMs, onLine, askToStop } = options
  const ended = once(leader, 'exit') as Promise<[number | null, NodeJS.Signals | null]>
  const kill = (by: NodeJS.Signals) => killGroup(leader, by)
  const forget = killAtExit(leader)
  const read = Promise.all(
    (['stdout', 'stderr'] as const).map(
      (name) => leader[name] && readLines(leader[name], (line) => onLine(name, line)),
    ),
  )
  let patience: NodeJS.Timeout | undefined
  const stop = () => {
    if (askToStop) askToStop()
    else kill('SIGTERM')
    patience = setTimeout(kill, graceMs, 'SIGKILL')
  }
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  try {
    const [code, by] = await ended
    kill('SIGKILL')
    await Promise.race([read, sleep(pipesMs, undefined, { ref: false })])
    return { code, signal: by }
  } finally {
    clearTimeout(patience)
    signal.removeEventListener('abort', stop)
    forget()
    for (const pipe of [leader.stdout, leader.stderr]) pipe?.destroy()
  }
}

function killGroup({ pid }: ChildProcess, by: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    // There are no groups on Windows.
    process.kill(process.platform === 'win32' ? pid : -pid, by)
  } catch {
    // Nobody is left.
  }
}

const living = new Set<ChildProcess>()

function killAll(): void {
  for (const leader of living) killGroup(leader, 'SIGKILL')
}

/** One listener for all, since a run may have hundreds of processes. Answers with the function that ends it. */
function killAtExit(leader: ChildProcess): () => void {
  if (living.size === 0) process.on('exit', killAll)
  living.add(leader)
  return () => {
    living.delete(leader)
    if (living.size === 0) process.off('exit', killAll)
  }
}
