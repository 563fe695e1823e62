import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Db, openDb } from './db.ts'
import { migrate } from './migrate.ts'
import { prepared } from './prepared.ts'
import { transact } from './transact.ts'

let dir: string
let dbs: Db[]

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'airlock-prepared-'))
  dbs = ['a.db', 'b.db'].map((name) => openDb(join(dir, name)))
  for (const db of dbs) await migrate(db, new Date())
})

afterEach(async () => {
  for (const db of dbs) await db.destroy()
  await rm(dir, { recursive: true })
})

test('a query is built once for each database, and each call has its own values', async () => {
  let built = 0
  const insert = prepared((db, { key, at }: { key: string; at: string | null }) => {
    built++
    return db
      .insertInto('outbox')
      .values({ id: key, topic: key, payload: '', created_at: '', attempts: 7, next_attempt_at: '', delivered_at: at })
      .onConflict((c) => c.doNothing())
  })
  const find = prepared((db, { attempts, key }: { attempts: number; key: string }) =>
    db
      .selectFrom('outbox')
      .select(['id', 'topic', 'delivered_at'])
      .where('attempts', '=', attempts)
      .where('id', '=', key),
  )
  for (const db of dbs) {
    await insert(db, { key: 'one', at: null })
    expect((await insert(db, { key: 'two', at: 'now' })).numAffectedRows).toBe(1n)
    expect((await insert(db, { key: 'two', at: 'now' })).numAffectedRows).toBe(0n)
    const inside = transact(db, async (tx) => (await find(tx, { key: 'two', attempts: 7 })).rows)
    expect(await inside).toEqual([{ id: 'two', topic: 'two', delivered_at: 'now' }])
    expect((await find(db, { key: 'one', attempts: 7 })).rows).toEqual([
      { id: 'one', topic: 'one', delivered_at: null },
    ])
    expect((await find(db, { key: 'one', attempts: 8 })).rows).toEqual([])
  }
  expect(built).toBe(2)
})
