import { randomUUID } from 'node:crypto'
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { PlatformError } from '@airlock-ml/contract'
import { isRunning, markOf, type ProcessMark } from './process-mark.ts'

/**
 * Makes this process the only supervisor of a deployment. The lock of one that was killed is taken over.
 * @throws PlatformError `deployment_runs` while another one runs
 */
export async function takeLock(
  file: string,
): Promise<{ isHeld: () => Promise<boolean>; release: () => Promise<void> }> {
  const text = JSON.stringify(await markOf(process.pid))
  const draft = `${file}.${randomUUID()}`
  await writeFile(draft, text, { mode: 0o600 })
  try {
    while (!(await linked(draft, file))) {
      const held = await readFile(file, 'utf8').catch(() => null)
      if (held === null) continue
      const holder = holderIn(held)
      if (holder && (await isRunning(holder)))
        throw new PlatformError('deployment_runs', `Process ${holder.pid} keeps it running.`)
      await moveAway(file, held)
    }
  } finally {
    await rm(draft, { force: true })
  }
  const isHeld = async () => (await readFile(file, 'utf8').catch(() => '')) === text
  return {
    isHeld,
    release: async () => {
      if (await isHeld()) await rm(file, { force: true })
    },
  }
}

/** Who holds it and runs; null when nobody does. */
export async function lockHolder(file: string): Promise<ProcessMark | null> {
  const holder = holderIn(await readFile(file, 'utf8').catch(() => 'null'))
  return holder && (await isRunning(holder)) ? holder : null
}

const linked = (from: string, to: string): Promise<boolean> =>
  link(from, to).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false
      throw error
    },
  )

/** Another one may have taken it over since it was read: then it is put back. */
async function moveAway(file: string, held: string): Promise<void> {
  const aside = `${file}.${randomUUID()}`
  try {
    await rename(file, aside)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  if ((await readFile(aside, 'utf8')) !== held) await linked(aside, file)
  await rm(aside, { force: true })
}

function holderIn(text: string): ProcessMark | null {
  try {
    const read = JSON.parse(text) as ProcessMark | null
    return Number.isInteger(read?.pid) ? read : null
  } catch {
    return null
  }
}
