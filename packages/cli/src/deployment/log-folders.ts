import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The folder of a process's prediction log, and those of processes that are no more. */
export type LogFolders = { dir: string; leftBehind: string[] }

const PID_FILE = 'pid'

/**
 * Takes the folder of this process for its prediction log. A service that has fewer processes than before leaves folders
 * behind, of which the first takes care. One whose process may still write is left alone.
 */
export async function claimLogFolder(
  root: string,
  { number, processes }: { number: number; processes: number },
): Promise<LogFolders> {
  const dir = join(root, String(number))
  await mkdir(dir, { recursive: true, mode: 0o700 })
  await writeFile(join(dir, PID_FILE), String(process.pid))
  const leftBehind: string[] = []
  if (number === 0)
    for (const name of await readdir(root))
      if (/^\d+$/.test(name) && Number(name) >= processes && !(await isHeld(join(root, name))))
        leftBehind.push(join(root, name))
  return { dir, leftBehind }
}

async function isHeld(dir: string): Promise<boolean> {
  const pid = Number(await readFile(join(dir, PID_FILE), 'utf8').catch(() => ''))
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}
