import { hash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, mkdir, readFile, rm } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { type DeploymentFlavor, type Environment, type Json, PlatformError } from '@airlock-ml/contract'
import type { ServiceLayout } from '@airlock-ml/serving'
import type { ProjectFolder } from '../project/config.ts'
import { layout } from '../project/layout.ts'
import { readJsonFile, writePrivateJsonFile } from '../project/private-file.ts'

/** What a service that runs here is started by. Its owner alone may read it. */
export type ServiceFile = {
  workspace: string
  project: string
  deployment: string
  deploymentId: string
  flavor: DeploymentFlavor
  pipeline: string
  /** Folder of pipelines in the kept code. */
  pipelines: string
  snapshotId: string
  environment: Environment
  parameters: Record<string, Json>
  /** Paths in the kept code of the hooks that a breach of drift calls, as the snapshot names them. */
  driftHooks: readonly string[]
  /** The kept code: SHA-256 of each file, by its path. */
  code: Record<string, string>
  /** Where it listens until it was told anything. */
  layout: ServiceLayout
  /** What the service signs in with. */
  secret: string
  /** What `airlock deployment invoke` asks with; null when it is given one. */
  invokeKey: string | null
}

/** The files of a service in its folder. */
export const serviceFiles = (dir: string) => ({
  service: join(dir, 'service.json'),
  target: join(dir, 'target.json'),
  code: (snapshotId: string) => join(dir, 'code', snapshotId),
})

/**
 * What is kept of a service that runs here.
 * @throws PlatformError `deployment_not_here`
 */
export async function readService(dir: string, name: string): Promise<ServiceFile> {
  const file = await findService(dir)
  if (file) return file
  throw new PlatformError('deployment_not_here', `${name} has no service in ${dir}.`)
}

/** @throws PlatformError `deployment_not_here` where what is kept of it was damaged */
export async function findService(dir: string): Promise<ServiceFile | null> {
  const { service } = serviceFiles(dir)
  try {
    return await readJsonFile<ServiceFile | null>(service, null)
  } catch (cause) {
    if (!(cause instanceof PlatformError)) throw cause
    throw new PlatformError(
      'deployment_not_here',
      `What the service is started by was damaged: ${service}.`,
      {},
      { cause },
    )
  }
}

/** Whether a service was put here, also where what is kept of it was damaged since. */
export const isServiceHere = (dir: string): boolean => existsSync(serviceFiles(dir).service)

/** The key that `airlock deployment invoke` asks with, where it can still be read. */
export const keptInvokeKey = (dir: string): Promise<string | null> =>
  findService(dir).then(
    (file) => file?.invokeKey ?? null,
    () => null,
  )

export const writeService = (dir: string, file: ServiceFile): Promise<void> =>
  writePrivateJsonFile(serviceFiles(dir).service, file)

export const folderOfService = ({ dir }: Pick<ProjectFolder, 'dir'>, workspace: string, name: string): string =>
  layout(dir).deployment(workspace, name)

/**
 * Keeps the files that a pipeline and its drift hooks are made of, so that what answers is the code that was deployed,
 * whatever becomes of the project's. Installed packages are not copied: they are found in the project. Returns the digest
 * of each file.
 */
export async function keepCode(
  dir: string,
  { projectDir, entries, snapshotId }: { projectDir: string; entries: readonly string[]; snapshotId: string },
): Promise<Record<string, string>> {
  const { moduleFiles } = await import('@airlock-ml/sdk')
  const to = serviceFiles(dir).code(snapshotId)
  await rm(to, { recursive: true, force: true })
  const manifest = join(projectDir, 'package.json')
  const files = await moduleFiles(
    projectDir,
    entries.map((each) => join(projectDir, each)),
  )
  const kept: Record<string, string> = {}
  for (const file of existsSync(manifest) ? [...files, manifest] : files) {
    const path = relative(projectDir, file).replaceAll(sep, '/')
    if (path.startsWith('..'))
      throw new PlatformError('pipeline_invalid', `It imports ${file}, which is not in the project: move it there.`)
    await mkdir(dirname(join(to, path)), { recursive: true, mode: 0o700 })
    await cp(file, join(to, path))
    kept[path] = hash('sha256', await readFile(join(to, path)))
  }
  return kept
}

/**
 * Where the kept code of a service is, when it is what was deployed.
 * @throws PlatformError `deployment_code_changed`
 */
export async function checkedCode(dir: string, { snapshotId, code }: ServiceFile): Promise<string> {
  const folder = serviceFiles(dir).code(snapshotId)
  for (const [path, digest] of Object.entries(code)) {
    const bytes = await readFile(join(folder, path)).catch(() => null)
    if (bytes && hash('sha256', bytes) === digest) continue
    throw new PlatformError('deployment_code_changed', `${join(folder, path)} ${bytes ? 'was changed' : 'is gone'}.`)
  }
  return folder
}

/** Removes secrets, code and models; the log of the service stays, and what it has not handed in. */
export async function forgetService(dir: string): Promise<void> {
  const { service, target } = serviceFiles(dir)
  for (const path of [service, target, join(dir, 'code'), join(dir, 'versions')])
    await rm(path, { recursive: true, force: true })
}
