import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { PlatformError } from '@airlock-ml/contract'
import { lockFile } from '../system-lock.ts'
import { isRunning, markOf, type ProcessMark } from './process-mark.ts'

/**
 * Makes this process the only supervisor of a deployment, and writes who it is to `file`; the lock itself is beside it.
 * @throws PlatformError `deployment_runs` while another one runs
 */
export async function takeLock(
  file: string,
): Promise<{ isHeld: () => Promise<boolean>; release: () => Promise<void> }> {
  const lock = lockFile(`${file}.db`)
  if (lock === null) {
    const holder = await lockHolder(file)
    throw new PlatformError(
      'deployment_runs',
      `${holder ? `Process ${holder.pid}` : 'Another process'} keeps it running.`,
    )
  }
  const text = JSON.stringify(await markOf(process.pid))
  try {
    await writeFile(`${file}.new`, text, { mode: 0o600 })
    await rename(`${file}.new`, file)
  } catch (error) {
    lock[Symbol.dispose]()
    throw error
  }
  const isHeld = async () => (await readFile(file, 'utf8').catch(() => '')) === text
  return {
    isHeld,
    release: async () => {
      // The folder may have been removed, and made again by another one.
      if (await isHeld()) await rm(file, { force: true })
      lock[Symbol.dispose]()
    },
  }
}

/** Who holds it and runs; null when nobody does. */
export async function lockHolder(file: string): Promise<ProcessMark | null> {
  const holder = holderIn(await readFile(file, 'utf8').catch(() => 'null'))
  return holder && (await isRunning(holder)) ? holder : null
}

function holderIn(text: string): ProcessMark | null {
  try {
    const read = JSON.parse(text) as ProcessMark | null
    return Number.isInteger(read?.pid) ? read : null
  } catch {
    return null
  }
}
