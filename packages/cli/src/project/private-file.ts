import { link, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { PlatformError } from '@airlock-ml/contract'

/** Reads a JSON file; `fallback` when there is none. */
export async function readJsonFile<T>(path: string, fallback: T): Promise<T> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return fallback
    throw error
  }
  try {
    return JSON.parse(text) as T
  } catch (cause) {
    // What the parser says quotes the file, and with it secrets.
    throw new PlatformError('cli_file_invalid', `${path} is not JSON.`, {}, { cause })
  }
}

/** Writes JSON that only its owner may read, as `writePrivateFile`. */
export const writePrivateJsonFile = (path: string, content: unknown): Promise<void> =>
  writePrivateFile(path, `${JSON.stringify(content, null, 2)}\n`)

/**
 * Writes what only its owner may read, whole or not at all: temporary file, fsync, rename, fsync of the folder.
 * The folder is made if need be, and hidden from git. With `onlyIfNew` a file that is there stays as it is.
 */
export async function writePrivateFile(path: string, text: string, { onlyIfNew = false } = {}): Promise<void> {
  const folder = dirname(path)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await writeFile(join(folder, '.gitignore'), '*\n', { flag: 'wx' }).catch(ignoreExisting)
  const temporary = `${path}.${process.pid}.tmp`
  try {
    const file = await open(temporary, 'w', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    if (onlyIfNew) await link(temporary, path).catch(ignoreExisting)
    else await rename(temporary, path)
  } finally {
    await rm(temporary, { force: true })
  }
  const directory = await open(folder)
  await directory.sync().finally(() => directory.close())
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error
}
