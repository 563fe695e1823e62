import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'

/** A process that can be told from another one that gets its id later. */
export type ProcessMark = {
  pid: number
  /** When it started, as the system says; null where the system says nothing. */
  startedAt: string | null
}

export const markOf = async (pid: number): Promise<ProcessMark> => ({ pid, startedAt: await startOf(pid) })

/** Whether that very process runs. */
export async function isRunning({ pid, startedAt }: ProcessMark): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  return startedAt === null || startedAt === (await startOf(pid))
}

async function startOf(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  // The name of the program, in parentheses, may hold spaces; the start is the 20th field after it.
  if (stat !== null) {
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // One that has ended and that nobody has asked for yet.
    return state === 'Z' ? 'ended' : (fields[18] ?? null)
  }
  if (process.platform === 'win32' || process.platform === 'linux') return null
  return await new Promise((resolve) => {
    execFile('ps', ['-o', 'lstart=', '-p', String(pid)], (error, stdout) => resolve(error ? null : stdout.trim()))
  })
}
