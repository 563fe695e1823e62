import { createHash } from 'node:crypto'
import { access, constants, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** The files of a batch's output. What only this package reads lies in a folder that other readers pass over. */
export type OutputFolder = {
  dir: string
  manifest: string
  plan: string
  /** Held by the process that writes. */
  lock: string
  /** Says who holds it. */
  holder: string
  partFile: (index: number) => string
  rejectsFile: (index: number) => string
  /** Says that a part is there, and which bytes it has. */
  record: (index: number) => string
}

const stateFolder = '.batch'
const ours = /^(manifest\.json|part-\d{5,}\.parquet|rejects-\d{5,}\.jsonl)$/
const drafts = /\.tmp$/

export function outputFolder(dir: string): OutputFolder {
  const numbered = (index: number) => String(index).padStart(5, '0')
  const state = join(dir, stateFolder)
  return {
    dir,
    manifest: join(dir, 'manifest.json'),
    plan: join(state, 'plan.json'),
    lock: join(state, 'lock'),
    holder: join(state, 'holder.json'),
    partFile: (index) => `part-${numbered(index)}.parquet`,
    rejectsFile: (index) => `rejects-${numbered(index)}.jsonl`,
    record: (index) => join(state, `part-${numbered(index)}.json`),
  }
}

/** Makes the folder. Rejects where a file is in the way, or it cannot be written to. */
export async function makeOutputFolder({ dir }: OutputFolder): Promise<void> {
  const state = join(dir, stateFolder)
  await mkdir(state, { recursive: true })
  // One that was there may be another's.
  for (const each of [dir, state]) await access(each, constants.W_OK | constants.X_OK)
}

/** The names in the folder that a batch would write over. */
export async function takenNames({ dir }: OutputFolder): Promise<string[]> {
  return (await readdir(dir)).filter((name) => ours.test(name)).sort()
}

/** Removes drafts that a killed process left. Only for who holds the lock. */
export async function removeDrafts({ dir }: OutputFolder): Promise<void> {
  for (const folder of [dir, join(dir, stateFolder)]) {
    for (const name of await readdir(folder)) if (drafts.test(name)) await rm(join(folder, name), { force: true })
  }
}

/** Removes all that a batch wrote, the manifest first: without it nobody takes what is left for a whole. */
export async function clearOutput(folder: OutputFolder): Promise<void> {
  await rm(folder.manifest, { force: true })
  await rm(folder.plan, { force: true })
  const state = join(folder.dir, stateFolder)
  for (const name of await readdir(state)) if (/^part-\d+\.json$/.test(name)) await rm(join(state, name))
  for (const name of await takenNames(folder)) await rm(join(folder.dir, name))
}

/** Writes a file whole or not at all, and durably. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const draft = `${path}.tmp`
  try {
    const file = await open(draft, 'w')
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
  if (process.platform === 'win32') return
  const folder = await open(join(path, '..'))
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** The JSON in a file that `writeWhole` wrote; `undefined` where there is none. */
export async function readWhole(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** SHA-256 and size of a file; `undefined` where there is none. */
export async function fingerprintOf(path: string): Promise<{ digest: string; sizeBytes: number } | undefined> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (!file) return undefined
  try {
    const hash = createHash('sha256')
    const chunk = Buffer.allocUnsafeSlow(2 ** 20)
    let sizeBytes = 0
    for (;;) {
      const { bytesRead } = await file.read(chunk, 0, chunk.length, sizeBytes)
      if (bytesRead === 0) return { digest: hash.digest('hex'), sizeBytes }
      hash.update(chunk.subarray(0, bytesRead))
      sizeBytes += bytesRead
    }
  } finally {
    await file.close()
  }
}
