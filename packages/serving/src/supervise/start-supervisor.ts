import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { PlatformError } from '@airlock-ml/contract'
import { isRunning, markOf, type ProcessMark } from './process-mark.ts'
import { supervisorFiles } from './supervise.ts'
import { lockHolder } from './supervisor-lock.ts'
import { readSupervisorState, type SupervisorState } from './supervisor-state.ts'

/** A program that calls `supervise` for the folder. */
export type SupervisorProgram = {
  dir: string
  program: string
  args: readonly string[]
  cwd: string
  env: Readonly<Record<string, string | undefined>>
}

const LOOK_EVERY_MS = 50

/**
 * Starts a supervisor that outlives this process and its shell, in a session of its own, and resolves when the service
 * listens, with what its supervisor says.
 * @throws PlatformError `deployment_runs`; `service_not_started` when a process of it ends before it listens, or nothing
 * happens for `timeoutMs`: then nothing is left running.
 */
export async function startSupervisor(
  started: SupervisorProgram,
  { timeoutMs = 60_000 }: { timeoutMs?: number } = {},
): Promise<SupervisorState> {
  const files = supervisorFiles(started.dir)
  const holder = await lockHolder(files.lock)
  if (holder) throw new PlatformError('deployment_runs', `Process ${holder.pid} keeps it running.`)
  mkdirSync(started.dir, { recursive: true, mode: 0o700 })
  const output = openSync(files.log, 'a', 0o600)
  const child = spawn(started.program, [...started.args], {
    ...{ cwd: started.cwd, env: { ...started.env } as NodeJS.ProcessEnv },
    ...{ detached: true, stdio: ['ignore', output, output] },
  })
  closeSync(output)
  child.unref()
  let ended = false
  for (const event of ['exit', 'error'] as const) child.on(event, () => (ended = true))
  const until = performance.now() + timeoutMs
  for (;;) {
    const read = await readSupervisorState(files.state)
    const state = read?.supervisorPid === child.pid ? read : null
    if (state?.state === 'serving') return state
    const late = performance.now() >= until
    if (ended || late || (state && state.trouble !== null)) {
      if (!ended && child.pid !== undefined) await stopProcess(await markOf(child.pid))
      const why = state?.trouble ?? (late ? `It did not answer within ${timeoutMs / 1_000} s.` : 'It ended.')
      throw new PlatformError('service_not_started', why, { log: files.log })
    }
    await sleep(LOOK_EVERY_MS)
  }
}

/** What keeps the service of a folder running; null when nothing does. */
export const supervisorOf = (dir: string): Promise<ProcessMark | null> => lockHolder(supervisorFiles(dir).lock)

/** Stops the service of a folder, with what it has begun answered. False where nothing ran. */
export async function stopSupervisor(dir: string): Promise<boolean> {
  const holder = await supervisorOf(dir)
  if (!holder) return false
  await stopProcess(holder)
  return true
}

/** A supervisor kills what does not drain, so that it ends itself. */
const MOST_STOP_MS = 30_000

async function stopProcess(mark: ProcessMark): Promise<void> {
  const until = performance.now() + MOST_STOP_MS
  process.kill(mark.pid, 'SIGTERM')
  while (await isRunning(mark)) {
    if (performance.now() >= until) {
      process.kill(mark.pid, 'SIGKILL')
      return
    }
    await sleep(LOOK_EVERY_MS)
  }
}
