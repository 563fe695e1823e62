import { link, readFile, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
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
