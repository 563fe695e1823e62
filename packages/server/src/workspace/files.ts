import { link, readdir, readFile, stat, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { PlatformError } from '@airlock-ml/contract'
import { syncFolder, writeDraft } from '../secret-draft.ts'

/** What lies where in an embedded workspace's folder. */
export const pathsOf = (dir: string) => ({
  database: join(dir, 'workspace.db'),
  signingKey: join(dir, 'signing-key.pem'),
  pepper: join(dir, 'pepper'),
  artifacts: join(dir, 'artifacts'),
  staging: join(dir, 'staging'),
  serverLock: join(dir, 'server.json'),
})

/** A secret file that only its owner can read; made whole, by one process, when it is missing. */
export async function readOrMakeSecret(file: string, make: () => Uint8Array): Promise<Buffer> {
  const known = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (known) return known
  const draft = await writeDraft(file, make())
  await link(draft, file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  await unlink(draft)
  await syncFolder(dirname(file))
  return readFile(file)
}

/**
 * A new database beside artifacts of an old one would know none of them, and a repair would take them for orphans.
 * Throws `database_unusable` where the database is gone and artifacts are there.
 */
export async function assertNotLost({ database, artifacts }: ReturnType<typeof pathsOf>): Promise<void> {
  const found = await stat(database).catch(() => null)
  if (found && found.size > 0) return
  const blobs = await readdir(join(artifacts, 'blobs')).catch(() => [])
  if (blobs.length === 0) return
  const message = `${database} is ${found ? 'empty' : 'gone'}, and ${artifacts} holds artifacts that it knew. Nothing was made in its place. To begin anew without them, move ${dirname(database)} away.`
  throw new PlatformError('database_unusable', message)
}
