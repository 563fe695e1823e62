import { systemActor } from './audit/record.ts'
import { openDb } from './db/db.ts'
import { migrate } from './db/migrate.ts'
import { transact } from './db/transact.ts'
import { newId } from './ids.ts'
import { createProject } from './projects/create.ts'
import { findProject, insertProject } from './projects/store.ts'

/** A database in which one small act can be done with its audit event, as always, and without. */
export type AuditCost = {
  act: (name: string) => Promise<void>
  actWithoutAudit: (name: string) => Promise<void>
  close: () => Promise<void>
}

/** For `bench/` alone, which may see nothing else of the server's inside: what an audit event and its tree cost an act. */
export async function openAuditCost(databaseFile: string): Promise<AuditCost> {
  const db = openDb(databaseFile)
  const now = () => new Date()
  await migrate(db, now())
  const by = { actor: systemActor('bench'), roles: [], requestId: newId() }
  return {
    act: async (name) => {
      await transact(db, (tx) => createProject(tx, { now, newId }, { name, description: '' }, by))
    },
    actWithoutAudit: (name) =>
      transact(db, async (tx) => {
        if (await findProject(tx, name)) throw new Error(name)
        await insertProject(tx, { id: newId(), name, description: '', createdAt: now().toISOString() })
      }),
    close: () => db.destroy(),
  }
}
