import { DatabaseSync } from 'node:sqlite'

const busy = 5

/**
 * Locks a file for this process until `[Symbol.dispose]`; null when another one holds it. It is SQLite's lock of a
 * database, which the system takes back when the process ends, however it does, so that none is ever left behind; Node
 * has no other that does so everywhere.
 */
export function lockFile(file: string): Disposable | null {
  const database = new DatabaseSync(file, { timeout: 0 })
  try {
    database.exec('begin exclusive')
  } catch (error) {
    database.close()
    if ((error as { errcode?: number }).errcode === busy) return null
    throw error
  }
  return { [Symbol.dispose]: () => database.close() }
}
