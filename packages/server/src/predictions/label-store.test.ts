import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newId } from '../../test/prediction-parts.ts'
import { type Db, openDb } from '../db/db.ts'
import { migrate } from '../db/migrate.ts'
import { transact } from '../db/transact.ts'
import { labelsWithin, putLabels, rangeOfLabels } from './label-store.ts'

let db: Db
beforeAll(async () => {
  db = openDb(':memory:')
  await migrate(db, new Date())
  await sql`pragma foreign_keys = off`.execute(db)
})
afterAll(() => db.destroy())

test('of more labels than are looked at the latest count, and it is said that there were more', async () => {
  const ids = Array.from({ length: 10 }, newId)
  const about = { label: 'benign', importedBy: 'root', importedAt: '2026-05-01T12:00:00.000Z' }
  await transact(db, (tx) =>
    putLabels(
      tx,
      'd',
      ids.map((predictionId) => ({ predictionId, ...about })),
    ),
  )
  const range = (most: number, after = '') => rangeOfLabels(db, 'd', { after, most })
  expect(await range(10)).toEqual({ first: ids[0], last: ids[9], isCut: false })
  expect(await range(4)).toEqual({ first: ids[6], last: ids[9], isCut: true })
  expect(await range(4, ids[7])).toEqual({ first: ids[8], last: ids[9], isCut: false })
  expect(await range(4, ids[9])).toBeNull()
  const within = await labelsWithin(db, 'd', { from: ids[2]!, to: ids[4]! })
  expect(within.map(({ predictionId }) => predictionId)).toEqual(ids.slice(2, 5))
})
