import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** Changes a workspace's rows behind its back, as who has the file can. */
export function editDatabase({ dir }: { dir: string }, sql: string): void {
  const database = new DatabaseSync(join(dir, 'workspace.db'))
  database.exec(sql)
  database.close()
}
