import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { PlatformError } from '@airlock-ml/contract'
import type { Context } from '../../context.ts'
import { writePrivateFile } from '../../project/private-file.ts'
import { readService } from '../service-folder.ts'
import type { ServiceHere } from '../supervise-service.ts'
import { CONTAINER_PORT, containerEnv, writeImage } from './image.ts'

const run = promisify(execFile)
const MOST_OUTPUT = 64 * 1024 * 1024
/** A service that drains has so long before it is killed. */
const STOP_SECONDS = 30

type Failed = Error & { code?: string | number; stderr?: string }
type Named = Pick<ServiceHere, 'workspace' | 'name'>

const containerOf = ({ workspace, name }: Named): string => `airlock-${workspace}-${name}`
const whyOf = (cause: Failed): string => (cause.stderr || cause.message).trim().slice(-2_000)

/** @throws PlatformError `flavor_unavailable` where there is no `docker`, or its engine does not answer */
export async function demandDocker({ env }: Pick<Context, 'env'>): Promise<void> {
  await run('docker', ['version', '--format', '{{.Server.Version}}'], { env: { ...env } }).catch((cause: Failed) => {
    const why =
      cause.code === 'ENOENT'
        ? 'there is no command `docker` on this machine'
        : `its engine does not answer: ${whyOf(cause)}`
    throw new PlatformError('flavor_unavailable', `The flavor docker needs an engine, and ${why}.`, {}, { cause })
  })
}

/**
 * Builds the image of a service and runs it, in place of a container that it had; the engine starts it again when it ends
 * with an error. Returns its address.
 * @throws PlatformError `flavor_unavailable`, `service_not_started`, `deployment_runs`
 */
export async function runInDocker(
  context: Context,
  { here, workspaceUrl }: { here: ServiceHere; workspaceUrl: string },
): Promise<{ url: string }> {
  const { dir, name, workspace } = here
  await demandDocker(context)
  const { secret, snapshotId, layout } = await readService(dir, name)
  if ((await stateOf(context, here)) === 'running')
    throw new PlatformError('deployment_runs', `The container ${containerOf(here)} runs it.`)
  const image = `airlock/${workspace}/${name}:${snapshotId}`
  context.note(`building the image ${image} …`)
  await docker(context, 'build', '--tag', image, await writeImage(here))
  await removeFromDocker(context, here)
  // In a file, since what is on a command line can be read by everybody on the machine.
  const envFile = join(dir, 'container.env')
  const url = `http://${layout.host}:${layout.port}`
  const env = { [containerEnv.secret]: secret, [containerEnv.workspaceUrl]: workspaceUrl, [containerEnv.url]: url }
  const lines = Object.entries(env).map(([key, value]) => `${key}=${value}\n`)
  await writePrivateFile(envFile, lines.join(''))
  try {
    const publish = `${layout.host}:${layout.port}:${CONTAINER_PORT}`
    const named = ['--name', containerOf(here), '--restart', 'on-failure', '--env-file', envFile, '--publish', publish]
    await docker(context, 'run', '--detach', ...named, image)
  } finally {
    await rm(envFile, { force: true })
  }
  return { url }
}

/** Stops the container of a service, with what it has begun answered. False where it did not run. */
export async function stopInDocker(context: Context, here: Named): Promise<boolean> {
  if ((await stateOf(context, here)) !== 'running') return false
  await docker(context, 'stop', '--time', String(STOP_SECONDS), containerOf(here))
  return true
}

/** Stops and removes the container of a service. */
export async function removeFromDocker(context: Context, here: Named): Promise<void> {
  await stopInDocker(context, here)
  if ((await stateOf(context, here)) !== null) await docker(context, 'rm', containerOf(here))
}

/** What the container of a service wrote, the last so many lines. */
export async function linesInDocker(context: Context, here: Named, count: number): Promise<string[]> {
  const { stdout, stderr } = await asked(context, ['logs', '--tail', String(count), containerOf(here)])
  return `${stdout}${stderr}`.split('\n').filter((line) => line !== '')
}

/** Writes what the container of a service writes, from its last so many lines on, until the signal or its end. */
export async function followInDocker(
  { env }: Pick<Context, 'env'>,
  here: Named,
  { lines, write, signal }: { lines: number; write: (text: string) => void; signal: AbortSignal },
): Promise<void> {
  await demandDocker({ env })
  const following = spawn('docker', ['logs', '--follow', '--tail', String(lines), containerOf(here)], {
    ...{ env: { ...env } as NodeJS.ProcessEnv, stdio: ['ignore', 'pipe', 'pipe'] },
  })
  for (const output of [following.stdout, following.stderr]) output.setEncoding('utf8').on('data', write)
  signal.addEventListener('abort', () => following.kill(), { once: true })
  await once(following, 'close')
}

/** `running`, `exited` …; null where there is no such container. */
async function stateOf(context: Context, here: Named): Promise<string | null> {
  const args = ['container', 'ls', '--all', '--filter', `name=^${containerOf(here)}$`, '--format', '{{.State}}']
  return (await docker(context, ...args)) || null
}

const docker = async (context: Context, ...args: string[]): Promise<string> =>
  (await asked(context, args)).stdout.trim()

const starting = new Set(['build', 'run'])

const asked = ({ env }: Pick<Context, 'env'>, args: string[]) =>
  run('docker', args, { env: { ...env }, maxBuffer: MOST_OUTPUT }).catch((cause: Failed) => {
    const code = starting.has(args[0] ?? '') ? 'service_not_started' : 'flavor_unavailable'
    throw new PlatformError(code, `docker ${args[0]} failed: ${whyOf(cause)}`, {}, { cause })
  })
