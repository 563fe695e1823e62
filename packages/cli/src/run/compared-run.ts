import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { isPlatformError, type Run } from '@airlock-ml/contract'
import type { OpenWorkspace } from '../workspace/open.ts'
import type { ComparedRun } from './differences.ts'

/** Reads a run with its snapshot and its metrics: the numbers in outputs called `metrics`. */
export async function comparedRun({ client, project }: OpenWorkspace, runId: string): Promise<ComparedRun> {
  const run = await client.showRun({ project, runId })
  const snapshotId = run.snapshotId
  const spec = snapshotId === null ? null : (await client.showSnapshot({ project, snapshotId })).spec
  return { run, spec, metrics: await metricsOf({ client, project }, run) }
}

async function metricsOf({ client, project }: Pick<OpenWorkspace, 'client' | 'project'>, run: Run) {
  const metrics: Record<string, number> = {}
  for (const { name, outputs } of run.steps) {
    const made = outputs.metrics
    if (made?.type !== 'json') continue
    for (const [key, value] of Object.entries(await jsonOf({ client, project }, made.digest))) {
      if (typeof value === 'number') metrics[`${name}.${key}`] = value
    }
  }
  return metrics
}

/** Bytes that are gone are no reason not to compare the rest. */
async function jsonOf({ client, project }: Pick<OpenWorkspace, 'client' | 'project'>, sha256: string): Promise<object> {
  try {
    const value: unknown = await new Response(await client.getBlob({ project, sha256 })).json()
    return typeof value === 'object' && value !== null ? value : {}
  } catch (error) {
    if (isPlatformError(error) || error instanceof SyntaxError) return {}
    throw error
  }
}

/** The files that changed between two commits; null where git does not know them. */
export async function filesBetween(cwd: string, from: string | null, to: string | null): Promise<string[] | null> {
  if (from === null || to === null) return null
  try {
    const args = ['-C', cwd, 'diff', '--name-only', '-z', from, to, '--', '.']
    const { stdout } = await promisify(execFile)('git', args, { maxBuffer: 64 * 1024 ** 2 })
    return stdout.split('\0').filter((path) => path !== '')
  } catch {
    return null
  }
}
