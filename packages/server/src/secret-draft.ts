import { randomUUID } from 'node:crypto'
import { open } from 'node:fs/promises'

/** Writes a secret, durably, to a new file beside `file` that only its owner can read; returns where, for link or rename. */
export async function writeDraft(file: string, bytes: Uint8Array | string): Promise<string> {
  const draft = `${file}.${randomUUID()}`
  const handle = await open(draft, 'wx', 0o600)
  try {
    await handle.writeFile(bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
  return draft
}

/** Makes what was linked or renamed in a folder durable. */
export async function syncFolder(dir: string): Promise<void> {
  const handle = await open(dir)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
