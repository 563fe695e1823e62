// Writes audit events from a process of its own: `write-events.ts DATABASE COUNT`.
import { record, systemActor } from '../src/audit/record.ts'
import { openDb } from '../src/db/db.ts'
import { transact } from '../src/db/transact.ts'
import { newId } from '../src/ids.ts'

const [path, count] = process.argv.slice(2)
const db = openDb(path!)
const act = {
  type: 'test.written',
  actor: systemActor('test'),
  requestId: null,
  project: null,
  subject: { kind: 'test', id: String(process.pid) },
}
for (let i = 0; i < Number(count); i++) await transact(db, (tx) => record(tx, { now: () => new Date(), newId }, act))
await db.destroy()
