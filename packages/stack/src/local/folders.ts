import { lstat, mkdir, open, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf, guarded, type Place, storeError } from './fs-error.ts'

/** Puts the entries of a folder on the medium. Windows cannot open a folder for this and needs no such call. */
export const syncFolder = async (folder: string): Promise<void> => {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** The store's real folder. Fails with `unreachable` when it is missing, as a volume that is not mounted would be. */
export const realRoot = async (root: string, place: Place): Promise<string> => {
  try {
    return await realpath(root)
  } catch (error) {
    throw storeError('unreachable', { ...place, key: '' }, error)
  }
}

/** Throws unless a folder inside the store is reached without passing a link. */
export const assertNoLinks = async (realFolder: string, place: Place): Promise<void> => {
  if ((await guarded(place, realpath(realFolder))) !== realFolder) throw storeError('not_a_file', place)
}

/**
 * Makes the folders of a key, each durably, and never through a link. `durable` remembers those that were synced, so that
 * a folder costs its sync once.
 */
export const ensureFolders = async (
  root: string,
  names: readonly string[],
  { place, durable }: { place: Place; durable: Set<string> },
): Promise<string> => {
  let folder = root
  for (const name of names) {
    const parent = folder
    folder = join(parent, name)
    const isNew = await guarded(place, makeFolder(folder, place))
    // Also when it existed: the process that made it may have died before its own sync.
    if (isNew || !durable.has(folder)) await guarded(place, syncFolder(parent))
    durable.add(folder)
  }
  return folder
}

const makeFolder = async (folder: string, place: Place): Promise<boolean> => {
  try {
    await mkdir(folder)
    return true
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
    if (!(await lstat(folder)).isDirectory()) throw storeError('not_a_file', place)
    return false
  }
}
