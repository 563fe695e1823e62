import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** A fingerprint of all that a workspace holds, its rows and its files, except its audit log: that may grow. */
export async function digestOf(dir: string): Promise<string> {
  const hash = createHash('sha256')
  const db = new DatabaseSync(join(dir, 'workspace.db'), { readOnly: true })
  const tables = db.prepare(`select name from sqlite_master where type = 'table' order by name`).all()
  for (const { name } of tables) {
    if (name === 'audit_events' || name === 'audit_head') continue
    hash.update(JSON.stringify([name, db.prepare(`select * from ${name}`).all()]))
  }
  db.close()
  const files = await readdir(dir, { recursive: true })
  hash.update(JSON.stringify(files.filter((file) => !file.startsWith('workspace.db')).sort()))
  return hash.digest('hex')
}
