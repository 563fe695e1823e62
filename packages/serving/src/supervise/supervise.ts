import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openRotatingLog, type RotatingLogOptions } from './rotating-log.ts'
import { type RestartTimes, runTeam, type StartProcess } from './run-team.ts'
import type { ServiceLayout } from './service-messages.ts'
import { takeLock } from './supervisor-lock.ts'
import { openSupervisorState, readSupervisorState, type SupervisorState } from './supervisor-state.ts'

export type SuperviseOptions = {
  /** Folder of the service. */
  dir: string
  /** How the settings were when they were last heard of. */
  layout: ServiceLayout
  start: StartProcess
  /** Resolves when the service has to stop. */
  stopped: Promise<void>
  now?: () => Date
  times?: Partial<RestartTimes>
  log?: RotatingLogOptions
}

/** The files of a supervised service, in its folder. */
export const supervisorFiles = (dir: string) => ({
  lock: join(dir, 'supervisor.lock'),
  state: join(dir, 'supervisor.json'),
  log: join(dir, 'service.log'),
})

const TIMES: RestartTimes = { firstMs: 500, mostMs: 60_000, steadyMs: 30_000, drainMs: 15_000, stuckMs: 20_000 }

const LOOK_EVERY_MS = 2_000

/**
 * Keeps a service running until `stopped`, or until it says that its deployment is no more: starts its processes again
 * when they end or hang, without end, and as many and where its settings say. What they write goes to a log that rotates. It also
 * stops when its folder is removed.
 * @throws PlatformError `deployment_runs` while another one supervises the same folder
 */
export async function supervise(options: SuperviseOptions): Promise<'stopped' | 'over'> {
  const { dir, start, stopped, now = () => new Date() } = options
  const files = supervisorFiles(dir)
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const lock = await takeLock(files.lock)
  const log = openRotatingLog(files.log, options.log)
  const writeLine = (line: string) => log.write(`${line}\n`)
  const say = (message: string) => writeLine(`${now().toISOString()} supervisor ${message}`)
  const before = await readSupervisorState(files.state)
  const state = openSupervisorState(
    files.state,
    {
      ...{ state: 'starting', supervisorPid: process.pid, pids: {}, ...addressFor(options.layout, before) },
      ...{ restarts: 0, lastExit: null, nextStartAt: null, trouble: null },
    },
    now,
  )
  await state.change({})
  const stop = new AbortController()
  void stopped.then(() => stop.abort())
  // Whoever removes the folder of a service has no other way left to stop it.
  const watching = setInterval(async () => {
    if (!(await lock.isHeld())) stop.abort()
  }, LOOK_EVERY_MS)
  say(`started as process ${process.pid}`)
  try {
    let { layout } = options
    for (;;) {
      const team = {
        layout,
        start,
        state,
        say,
        writeLine,
        signal: stop.signal,
        now,
        times: { ...TIMES, ...options.times },
      }
      const end = await runTeam(team)
      if (end.is === 'wants' && !stop.signal.aborted) {
        ;({ layout } = end)
        await state.change({ state: 'starting', pids: {}, ...addressFor(layout, state.now()) })
        say(
          `starts ${layout.processes} anew, on ${layout.host}:${layout.port || (state.now().url ? 'the port of before' : 'a free port')}`,
        )
        continue
      }
      const isOver = end.is === 'over'
      say(isOver ? `ends: ${end.why}` : 'stopped')
      await state.change({
        state: isOver ? 'over' : 'stopped',
        pids: {},
        nextStartAt: null,
        trouble: isOver ? end.why : null,
      })
      return isOver ? 'over' : 'stopped'
    }
  } finally {
    clearInterval(watching)
    await lock.release()
  }
}

/** A port that any would do for is kept; one that was named is not, when any will do from now on. */
const addressFor = (
  { port }: ServiceLayout,
  before: Pick<SupervisorState, 'url' | 'askedPort'> | null,
): Pick<SupervisorState, 'url' | 'askedPort'> => ({
  url: before?.askedPort === port ? before.url : null,
  askedPort: port,
})
