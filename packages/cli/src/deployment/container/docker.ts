import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { PlatformError } from '@airlock-ml/contract'
import { JUST_STARTED } from '@airlock-ml/serving'
import type { Context } from '../../context.ts'
import { writePrivateFile } from '../../project/private-file.ts'
import { readinessOf } from '../ask-service.ts'
import { readService } from '../service-folder.ts'
import type { ServiceHere } from '../supervise-service.ts'
import { CONTAINER_PORT, containerEnv, logFolder, writeImage } from './image.ts'

const run = promisify(execFile)
const MOST_OUTPUT = 64 * 1024 * 1024
/** A service that drains has so long before it is killed. */
const STOP_SECONDS = 30
const ANSWERS_WITHIN_MS = 60_000
const LOOK_EVERY_MS = 200
const LOOPBACK = /^(localhost|127\.[\d.]+|\[::1\])$/

type Failed = Error & { code?: string | number; stdout?: string; stderr?: string }
type Named = Pick<ServiceHere, 'workspace' | 'name'>

const containerOf = ({ workspace, name }: Named): string => `airlock-${workspace}-${name}`

/** What the engine said last; what a build ran writes to the other output. */
const whyOf = ({ stdout = '', stderr, message }: Failed): string =>
  [stdout, stderr || message]
    .map((text) => text.replaceAll('\r', '').trim().slice(-1_500))
    .join('\n')
    .trim()

/** @throws PlatformError `flavor_unavailable` where there is no `docker`, or its engine does not answer */
export async function demandDocker({ env }: Pick<Context, 'env'>): Promise<void> {
  await run('docker', ['version', '--format', '{{.Server.Version}}'], { env: { ...env } }).catch((cause: Failed) => {
    const why =
      cause.code === 'ENOENT'
        ? 'there is no command `docker` on this machine'
        : `its engine does not answer: ${whyOf(cause)}`
    throw new PlatformError(
      'flavor_unavailable',
      `The flavor docker needs an engine, and ${/[.?!]$/.test(why) ? why : `${why}.`}`,
      {},
      { cause },
    )
  })
}

type InDocker = {
  here: ServiceHere
  workspaceUrl: string
  /** Build the image also where there is one of that snapshot: packages may be others. */
  isNew: boolean
}

/**
 * Runs a service in a container, in place of one that it had, from an image that is built where there is none; the engine
 * starts it again when it ends with an error. Resolves with its address when it answers.
 * @throws PlatformError `flavor_unavailable`, `deployment_runs`; `service_not_started` when it ends before it answers, or
 * does not within a minute: then nothing is left running
 */
export async function runInDocker(context: Context, { here, workspaceUrl, isNew }: InDocker): Promise<{ url: string }> {
  const { dir, name, workspace } = here
  await demandDocker(context)
  const { secret, snapshotId, layout, invokeKey, deploymentId } = await readService(dir, name)
  if (LOOPBACK.test(new URL(workspaceUrl).hostname))
    context.note(
      `In its container ${workspaceUrl} is the container itself: give ${workspace} an address of this machine.`,
    )
  if ((await stateOf(context, here)) === 'running')
    throw new PlatformError('deployment_runs', `The container ${containerOf(here)} runs it.`)
  const image = `airlock/${workspace}/${name}:${snapshotId}`
  if (isNew || (await docker(context, 'image', 'ls', '--quiet', image)) === '') {
    context.note(`building the image ${image} …`)
    await docker(context, 'build', '--tag', image, await writeImage(here))
  }
  await removeFromDocker(context, here)
  // In a file, since what is on a command line can be read by everybody on the machine.
  const envFile = join(dir, 'container.env')
  const url = `http://${layout.host}:${layout.port}`
  const env = { [containerEnv.secret]: secret, [containerEnv.workspaceUrl]: workspaceUrl, [containerEnv.url]: url }
  const lines = Object.entries(env).map(([key, value]) => `${key}=${value}\n`)
  await writePrivateFile(envFile, lines.join(''))
  try {
    const publish = `${layout.host}:${layout.port}:${CONTAINER_PORT}`
    // What it has not handed in outlives the container.
    const volume = ['--volume', `airlock-${deploymentId}:${logFolder(here)}`]
    const named = ['--name', containerOf(here), '--restart', 'on-failure', '--env-file', envFile, '--publish', publish]
    await docker(context, 'run', '--detach', ...named, ...volume, image)
  } finally {
    await rm(envFile, { force: true })
  }
  await untilItAnswers(context, here, { url, invokeKey })
  return { url }
}

type Started = { url: string; invokeKey: string | null }

async function untilItAnswers(context: Context, here: Named, { url, invokeKey }: Started): Promise<void> {
  const until = performance.now() + ANSWERS_WITHIN_MS
  let isOver = false
  for (;;) {
    const said = await readinessOf(url, invokeKey)
    if (said && (said.isReady || said.why !== JUST_STARTED)) return
    isOver ||= (await stateOf(context, here)) !== 'running'
    if (isOver || performance.now() > until) break
    await sleep(LOOK_EVERY_MS)
  }
  const lines = await linesInDocker(context, here, 5).catch(() => [])
  await removeFromDocker(context, here)
  const why = isOver ? 'The container ended.' : `It did not answer at ${url} within ${ANSWERS_WITHIN_MS / 1_000} s.`
  throw new PlatformError('service_not_started', [why, ...lines].join('\n'))
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
