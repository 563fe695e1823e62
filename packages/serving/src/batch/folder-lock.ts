import { writeFile } from 'node:fs/promises'
import { PlatformError } from '@airlock-ml/contract'
import { lockFile } from '../system-lock.ts'
import { type OutputFolder, readWhole } from './output-folder.ts'

/**
 * Takes the output for one run until `[Symbol.dispose]`.
 * @throws PlatformError `batch_output_busy` when another run holds it
 */
export async function lockOutput(folder: OutputFolder, runId: string): Promise<Disposable> {
  const lock = lockFile(folder.lock)
  if (lock === null) throw await busyError(folder)
  try {
    await writeFile(folder.holder, JSON.stringify({ runId, pid: process.pid }))
  } catch (error) {
    lock[Symbol.dispose]()
    throw error
  }
  return lock
}

async function busyError(folder: OutputFolder): Promise<PlatformError> {
  // It may be read while it is written.
  const holder = await readWhole(folder.holder).catch(() => undefined)
  const { runId, pid } = (holder ?? {}) as { runId?: string; pid?: number }
  const who = runId === undefined ? 'Another process' : `Run ${runId} (process ${pid})`
  const message = `${who} writes to ${folder.dir} now. Two runs must not write to one output.`
  return new PlatformError('batch_output_busy', message, runId === undefined ? {} : { runId, pid: pid ?? null })
}
