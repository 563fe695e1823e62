import { execFile } from 'node:child_process'
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

/** @throws PlatformError `flavor_unavailable` where there is no `docker`, or its engine does not answer */
export async function demandDocker({ env }: Pick<Context, 'env'>): Promise<void> {
  await run('docker', ['version', '--format', '{{.Server.Version}}'], { env: { ...env } }).catch((cause: Failed) => {
    const why =
      cause.code === 'ENOENT'
        ? 'there is no command `docker` on this machine'
        : `its engine does not answer: ${(cause.stderr || cause.message).trim()}`
    throw new PlatformError('flavor_unavailable', `The flavor docker needs an engine, and ${why}.`, {}, { cause })
  })
}

type Failed = Error & { code?: string | number; stderr?: string }

type InDocker = { here: ServiceHere; port: number; host: string; workspaceUrl: string }

/**
 * Builds the image of a service and runs it; the engine starts it again when it ends with an error. Returns its address.
 * @throws PlatformError `service_not_started`
 */
export async function runInDocker(
  context: Context,
  { here, port, host, workspaceUrl }: InDocker,
): Promise<{ url: string; container: string }> {
  const { dir, name, workspace } = here
  const docker = async (...args: string[]) =>
    (
      await run('docker', args, { env: { ...context.env }, maxBuffer: MOST_OUTPUT }).catch((cause: Failed) => {
        const why = `docker ${args[0]} failed: ${(cause.stderr || cause.message).trim().slice(-2_000)}`
        throw new PlatformError('service_not_started', why, {}, { cause })
      })
    ).stdout.trim()
  const { secret, snapshotId } = await readService(dir, name)
  const image = `airlock/${workspace}/${name}:${snapshotId}`
  const container = `airlock-${workspace}-${name}`
  context.note(`building the image ${image} …`)
  await docker('build', '--tag', image, await writeImage(here))
  // In a file, since what is on a command line can be read by everybody on the machine.
  const envFile = join(dir, 'container.env')
  const url = `http://${host}:${port}`
  const env = { [containerEnv.secret]: secret, [containerEnv.workspaceUrl]: workspaceUrl, [containerEnv.url]: url }
  await writePrivateFile(
    envFile,
    Object.entries(env)
      .map(([key, value]) => `${key}=${value}\n`)
      .join(''),
  )
  try {
    const publish = `${host}:${port}:${CONTAINER_PORT}`
    const args = [
      '--detach',
      '--name',
      container,
      '--restart',
      'on-failure',
      '--env-file',
      envFile,
      '--publish',
      publish,
    ]
    await docker('run', ...args, image)
  } finally {
    await rm(envFile, { force: true })
  }
  return { url, container }
}
