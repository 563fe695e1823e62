import { fork } from 'node:child_process'
import { keptTarget, type SupervisorState, startSupervisor, supervise } from '@airlock-ml/serving'
import type { Context } from '../context.ts'
import { stopSignal } from '../up/stop-signal.ts'
import { readService, serviceFiles } from './service-folder.ts'

/** A service that runs here. */
export type ServiceHere = {
  /** Its folder. */
  dir: string
  projectDir: string
  workspace: string
  name: string
}

/** Keeps a service running until it is asked to stop: the process that `startHere` starts. */
export async function superviseService(
  context: Context,
  { dir, projectDir, workspace, name, stuckMs }: ServiceHere & { stuckMs?: number },
): Promise<void> {
  const script = process.argv[1] ?? ''
  const { layout } = await readService(dir, name)
  const told = await keptTarget(serviceFiles(dir).target).read()
  await supervise({
    dir,
    layout: told?.settings ?? layout,
    stopped: stopSignal(),
    now: context.now,
    times: stuckMs === undefined ? {} : { stuckMs },
    start: ({ number, port, sharesPort, wasStuck }) => {
      const args = ['deployment', 'serve', name, '--workspace', workspace, '--number', String(number)]
      const how = [...(sharesPort ? ['--shares-port'] : []), ...(wasStuck ? ['--was-stuck'] : [])]
      return fork(script, [...args, '--port', String(port), ...how], {
        ...{ cwd: projectDir, env: { ...context.env } },
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      })
    },
  })
}

/**
 * Starts a service so that it outlives this command, and resolves when it listens.
 * @throws PlatformError `deployment_runs`, `service_not_started`
 */
export async function startHere(
  context: Context,
  { dir, projectDir, workspace, name }: ServiceHere,
): Promise<SupervisorState> {
  const args = [process.argv[1] ?? '', 'deployment', 'supervise', name, '--workspace', workspace]
  // A service acts as itself, and never with the key of whoever started it.
  const { AIRLOCK_API_KEY: _, ...env } = context.env
  context.note(`starting ${name} …`)
  const from = performance.now()
  const program = process.execPath
  const state = await startSupervisor({ dir, program, args: [...process.execArgv, ...args], cwd: projectDir, env })
  context.note(`${name} listens at ${state.url} after ${((performance.now() - from) / 1_000).toFixed(1)} s`)
  return state
}
