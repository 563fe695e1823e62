import { layout } from '../project/layout.ts'
import { readJsonFile } from '../project/private-file.ts'

const ANSWER_TIMEOUT_MS = 2_000

/** The address of the process that serves this embedded workspace now, or null when none does. */
export async function servedUrl(projectDir: string, workspace: string): Promise<string | null> {
  const lock = await readJsonFile<{ pid: number; url: string } | null>(layout(projectDir).server(workspace), null)
  if (!lock || !isAlive(lock.pid)) return null
  return (await answersAs(lock.url, workspace)) ? lock.url : null
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** A process id and a port are both used again by others, so the answer must name the workspace. */
async function answersAs(url: string, workspace: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/api/v1/workspace`, { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) })
    return response.ok && ((await response.json()) as { name?: string }).name === workspace
  } catch {
    return false
  }
}
