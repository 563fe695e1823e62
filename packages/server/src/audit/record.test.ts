import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Db, openDb } from '../db/db.ts'
import { migrate } from '../db/migrate.ts'
import { rehearse } from '../db/rehearse.ts'
import { transact } from '../db/transact.ts'
import { newId } from '../ids.ts'
import { checkTree } from './check.ts'
import { record, systemActor } from './record.ts'

let dir: string
let db: Db
/** The same database as another process has it. */
let other: Db

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'airlock-record-'))
  db = openDb(join(dir, 'workspace.db'))
  await migrate(db, new Date())
  other = openDb(join(dir, 'workspace.db'))
})

afterEach(async () => {
  await db.destroy()
  await other.destroy()
  await rm(dir, { recursive: true })
})

const now = () => new Date()
const act = {
  type: 'a.done',
  actor: systemActor('test'),
  requestId: null,
  project: null,
  subject: { kind: 'a', id: 'a' },
}
const recordIn = (where: Db) => transact(where, (tx) => record(tx, { now, newId }, act))

test('two that write in turn continue one log', async () => {
  const places = []
  for (const where of [db, db, other, db, other, other, db, other, db]) places.push(await recordIn(where))
  expect(places).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
  expect(await checkTree(db, [])).toEqual([])
})

test('what was taken back is not continued, also where another wrote at its place', async () => {
  await recordIn(db)
  const failing = transact(db, async (tx) => {
    for (let count = 0; count < 3; count++) await record(tx, { now, newId }, act)
    throw new Error('no')
  })
  await expect(failing).rejects.toThrow('no')
  for (let count = 0; count < 3; count++) await recordIn(other)
  expect(await recordIn(db)).toBe(5)
  await transact(db, async (tx) => {
    await rehearse(tx, () => record(tx, { now, newId }, act))
    expect(await record(tx, { now, newId }, act)).toBe(6)
  })
  expect(await checkTree(db, [])).toEqual([])
})

test('events that are recorded at once in one transaction have places of their own', async () => {
  const places = await transact(db, (tx) => Promise.all([1, 2, 3].map(() => record(tx, { now, newId }, act))))
  expect(places.toSorted()).toEqual([1, 2, 3])
  expect(await checkTree(db, [])).toEqual([])
})
