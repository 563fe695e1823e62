import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { record, systemActor } from '../audit/record.ts'
import { newId } from '../ids.ts'
import { type Db, openDb } from './db.ts'
import { migrate } from './migrate.ts'
import { transact } from './transact.ts'

let dir: string
let db: Db

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'airlock-transact-'))
  db = openDb(join(dir, 'workspace.db'))
  await migrate(db, new Date())
})
afterAll(async () => {
  await db.destroy()
  await rm(dir, { recursive: true })
})

test('four processes that write at once lose nothing and leave no gap', async () => {
  const writer = fileURLToPath(new URL('../../test/write-events.ts', import.meta.url))
  const children = Array.from({ length: 4 }, () =>
    fork(writer, [join(dir, 'workspace.db'), '50'], { execArgv: ['--conditions=source'] }),
  )
  const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0]))
  expect(codes).toEqual([0, 0, 0, 0])
  const { rows } = await sql<{
    n: number
    highest: number
  }>`select count(*) as n, max(sequence) as highest from audit_events`.execute(db)
  expect(rows).toEqual([{ n: 200, highest: 200 }])
})

test('what a failed transaction did is undone, its place in the log too', async () => {
  const before = await sql`select * from audit_head`.execute(db)
  const failing = transact(db, async (tx) => {
    const act = {
      type: 'a.done',
      actor: systemActor('test'),
      requestId: null,
      project: null,
      subject: { kind: 'a', id: 'a' },
    }
    await record(tx, { now: () => new Date(), newId }, act)
    throw new Error('no')
  })
  await expect(failing).rejects.toThrow('no')
  expect((await sql`select * from audit_head`.execute(db)).rows).toEqual(before.rows)
})

test('applying the migrations again changes nothing', async () => {
  await migrate(db, new Date())
  expect(await db.selectFrom('schema_versions').selectAll().execute()).toMatchObject([{ version: 1, name: 'birth' }])
})

test('a schema with a breaking change of a newer program is refused by name', async () => {
  const row = { name: 'split-the-atom', applied_at: new Date().toISOString() }
  await db
    .insertInto('schema_versions')
    .values({ ...row, version: 2, breaking: 0 })
    .execute()
  await migrate(db, new Date())
  await db
    .insertInto('schema_versions')
    .values({ ...row, version: 3, breaking: 1 })
    .execute()
  await expect(migrate(db, new Date())).rejects.toMatchObject({
    code: 'schema_too_new',
    message: expect.stringContaining('split-the-atom'),
  })
})
