import { link, lstat, rename, rm } from 'node:fs/promises'
import { syncFolder } from './folders.ts'
import { codeOf } from './fs-error.ts'

const linksNotSupported = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'])

/**
 * Gives a finished file its name, in one step and durably. With `ifAbsent` a name that is taken stays as it is, and the
 * answer is false. Either way the file is gone from where it was, unless this throws.
 */
export const installFile = async (
  from: string,
  to: string,
  { folder, ifAbsent }: { folder: string; ifAbsent: boolean },
): Promise<boolean> => {
  const written = ifAbsent ? await linkFile(from, to) : await rename(from, to).then(() => true)
  // Also when the name was taken: whoever took it may not have synced the folder yet.
  await syncFolder(folder)
  return written
}

// A hard link fails when the name is taken, in one step; a rename would replace what is there.
const linkFile = async (from: string, to: string): Promise<boolean> => {
  const written = await link(from, to).then(
    () => true,
    (error: unknown) => {
      if (codeOf(error) === 'EEXIST') return false
      if (linksNotSupported.has(codeOf(error))) return renameIfAbsent(from, to)
      throw error
    },
  )
  await rm(from, { force: true })
  return written
}

const renameIfAbsent = async (from: string, to: string): Promise<boolean> => {
  const isTaken = await lstat(to).then(
    () => true,
    () => false,
  )
  if (!isTaken) await rename(from, to)
  return !isTaken
}
