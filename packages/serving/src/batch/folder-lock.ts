import { writeFile } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { PlatformError } from '@airlock-ml/contract'
import { type OutputFolder, readWhole } from './output-folder.ts'

const busy = 5

/**
 * Takes the output for one run until `[Symbol.dispose]`. It is SQLite's lock of a file, which the system takes back when
 * the process ends, however it does; Node has no other that does so everywhere.
 * @throws PlatformError `batch_output_busy` when another run holds it
 */
export async function lockOutput(folder: OutputFolder, runId: string): Promise<Disposable> {
  const database = new DatabaseSync(folder.lock, { timeout: 0 })
  try {
    database.exec('begin exclusive')
  } catch (error) {
    database.close()
    if ((error as { errcode?: number }).errcode === busy) throw await busyError(folder)
    throw error
  }
  const lock = { [Symbol.dispose]: () => database.close() }
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
