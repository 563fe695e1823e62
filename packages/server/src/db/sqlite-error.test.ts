import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDb } from './db.ts'
import { transact } from './transact.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'airlock-sqlite-'))
})
afterEach(() => rm(dir, { recursive: true }))

test('a database that is full says so, keeps what it had, and goes on when there is room', async () => {
  const path = join(dir, 'workspace.db')
  const db = openDb(path)
  await sql`create table notes (text text)`.execute(db)
  await sql`pragma max_page_count = 12`.execute(db)
  const write = (sizeBytes: number) =>
    transact(db, async (tx) => {
      await sql`insert into notes values ('small')`.execute(tx)
      await sql`insert into notes values (${'x'.repeat(sizeBytes)})`.execute(tx)
    })
  await expect(write(100_000)).rejects.toMatchObject({
    code: 'database_full',
    status: 507,
    message: expect.stringContaining(path),
  })
  expect((await sql`select * from notes`.execute(db)).rows).toEqual([])
  await write(100)
  expect((await sql`select * from notes`.execute(db)).rows).toHaveLength(2)
  await db.destroy()
})

test('a file that is no database is named', async () => {
  const path = join(dir, 'workspace.db')
  await writeFile(path, 'not a database, however long it may be'.repeat(100))
  expect(() => openDb(path)).toThrow(
    expect.objectContaining({ code: 'database_unusable', message: expect.stringContaining(path) }),
  )
})

test('a database that another process has for itself for a moment is waited for', async () => {
  const path = join(dir, 'workspace.db')
  await openDb(path).destroy()
  const holds = `const { DatabaseSync } = require('node:sqlite')
    const { parentPort } = require('node:worker_threads')
    const database = new DatabaseSync(${JSON.stringify(path)})
    database.exec('pragma locking_mode = exclusive; create table notes (text text)')
    parentPort.postMessage('held')
    setTimeout(() => database.close(), 200)`
  const holder = new Worker(holds, { eval: true, execArgv: [] })
  await once(holder, 'message')
  const ended = once(holder, 'exit')
  const db = openDb(path)
  expect((await sql`select * from notes`.execute(db)).rows).toEqual([])
  await db.destroy()
  await ended
})
