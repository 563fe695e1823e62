import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const removal = { recursive: true, force: true, maxRetries: 3 } as const

/**
 * Does work with a new folder that only this user may enter, and removes it afterwards with all that is in it; when this
 * process ends before, at its end.
 */
export async function withPrivateFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'airlock-step-'))
  if (open.size === 0) process.on('exit', removeAll)
  open.add(folder)
  try {
    return await work(folder)
  } finally {
    await rm(folder, removal)
    open.delete(folder)
    if (open.size === 0) process.off('exit', removeAll)
  }
}

// One listener for all, since a run may have hundreds of them.
const open = new Set<string>()

function removeAll(): void {
  for (const folder of open) rmSync(folder, removal)
}
