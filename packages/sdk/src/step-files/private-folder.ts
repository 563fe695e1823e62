import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PlatformError } from '@airlock-ml/contract'

const removal = { recursive: true, force: true, maxRetries: 3 } as const

/**
 * Does work with a new folder that only this user may enter, and removes it afterwards with all that is in it; when this
 * process ends before, at its end.
 */
export async function withPrivateFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await whereThereIsRoom(tmpdir(), mkdtemp(join(tmpdir(), 'airlock-step-')))
  if (open.size === 0) process.on('exit', removeAll)
  open.add(folder)
  try {
    return await whereThereIsRoom(folder, work(folder))
  } finally {
    await rm(folder, removal)
    open.delete(folder)
    if (open.size === 0) process.off('exit', removeAll)
  }
}

/** What is written below `folder`; throws `step_folder_full` where the disk has no room for it. */
export async function whereThereIsRoom<T>(folder: string, written: Promise<T>): Promise<T> {
  try {
    return await written
  } catch (error) {
    const { code } = (error ?? {}) as NodeJS.ErrnoException
    if (code !== 'ENOSPC' && code !== 'EDQUOT') throw error
    const message = `There is no space left for the files of a step in ${folder} (${code}).`
    throw new PlatformError('step_folder_full', message, { folder }, { cause: error })
  }
}

// One listener for all, since a run may have hundreds of them.
const open = new Set<string>()

function removeAll(): void {
  for (const folder of open) rmSync(folder, removal)
}
