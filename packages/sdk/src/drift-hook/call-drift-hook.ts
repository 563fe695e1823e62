import { fork } from 'node:child_process'
import { hash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { constants, setPriority } from 'node:os'
import { extname, join } from 'node:path'
import { DRIFT_HOOK_TIMEOUT_MS, type DriftHookCall, type DriftHookEnd, type LogLine } from '@airlock-ml/contract'
import { runGroup } from '../child-process/run-group.ts'
import { flags } from '../isolate/isolation.ts'
import { failureMessage } from '../run/failure-message.ts'
import type { FromDriftHook, ToDriftHook } from './messages.ts'

/** A call that was claimed, and where its hook is. */
export interface DriftHookTask {
  readonly call: Pick<DriftHookCall, 'id' | 'hook' | 'notice'>
  readonly project: string
  /** Folder of the project's code: `call.hook` is a path in it. */
  readonly projectDir: string
  /** Told of each line that the hook logs or prints. */
  readonly onLine: (line: Omit<LogLine, 'at'>) => void
  /** Aborted when whoever calls it has to end. */
  readonly signal: AbortSignal
  /** Default: a minute. */
  readonly timeoutMs?: number
}

/** For what it has begun, once its time is up. */
const graceMs = 500

class HookTimeout extends Error {}

const program = join(import.meta.dirname, `drift-hook.child${extname(import.meta.filename)}`)

/**
 * Calls a drift hook in a process of its own, of less priority than this one, which is ended when its time is up whatever
 * it does. Never rejects: what goes wrong is how it ended.
 */
export async function callDriftHook(task: DriftHookTask): Promise<DriftHookEnd> {
  const file = join(task.projectDir, task.call.hook)
  let hookDigest: string | null = null
  try {
    hookDigest = hash('sha256', await readFile(file))
    const error = await inProcess(file, task)
    return { outcome: error === null ? 'done' : 'failed', error, hookDigest }
  } catch (thrown) {
    const outcome = thrown instanceof HookTimeout ? 'timed-out' : 'failed'
    return { outcome, error: failureMessage(thrown, 'The hook'), hookDigest }
  }
}

/** What it failed with; null when it did not. Rejects when it was ended from here. */
async function inProcess(file: string, task: DriftHookTask): Promise<string | null> {
  const { call, project, signal, onLine, timeoutMs = DRIFT_HOOK_TIMEOUT_MS } = task
  const limit = new AbortController()
  const timer = setTimeout(() => limit.abort(new HookTimeout(`It did not end within ${timeoutMs} ms.`)), timeoutMs)
  const stop = AbortSignal.any([signal, limit.signal])
  const child = fork(program, [], { detached: true, execArgv: flags(), stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  let end: Exclude<FromDriftHook, { is: 'log' }> | undefined
  const tell = (message: ToDriftHook) => void (child.connected && child.send(message, () => {}))
  child.on('message', (message: FromDriftHook) => {
    if (message.is === 'log') onLine(message.line)
    else end ??= message
  })
  yieldToOthers(child.pid)
  tell({ is: 'task', file, notice: call.notice, project, callId: call.id })
  try {
    const ending = await runGroup(child, {
      ...{ signal: stop, graceMs },
      askToStop: () => tell({ is: 'stop', reason: String((stop.reason as Error).message) }),
      onLine: (stream, message) => onLine({ level: stream === 'stdout' ? 'info' : 'warn', message }),
    })
    if (end) return end.is === 'failed' ? end.error : null
    stop.throwIfAborted()
    return `Its process ended with ${ending.signal ?? ending.code} before it returned.`
  } finally {
    clearTimeout(timer)
  }
}

function yieldToOthers(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    // It is gone already, which its end says.
  }
}
