import { expect, test } from 'vitest'
import { float64Column, int64Column } from '../table/column.ts'
import { Table } from '../table/table.ts'
import { permutationImportance } from './permutation-importance.ts'

const values = Array.from({ length: 400 }, (_, i) => (i * 7_919) % 400)
const table = new Table([
  float64Column('useless', values.toReversed()),
  float64Column('useful', values),
  int64Column(
    'target',
    values.map((value) => (value < 200 ? 0 : 1)),
  ),
])
const accuracy = (rows: Table) =>
  rows.toRows().filter(({ useful, target }) => ((useful as number) < 200 ? 0 : 1) === target).length / rows.rowCount

test('a column that decides loses half the accuracy when shuffled, one that is not used loses nothing', async () => {
  const found = await permutationImportance(table, { features: ['useless', 'useful'], score: accuracy, seed: 1 })
  expect(found.map(({ feature }) => feature)).toEqual(['useful', 'useless'])
  expect(found[0]!.mean).toBeCloseTo(0.5, 1)
  expect(found[0]!.standardDeviation).toBeGreaterThan(0)
  expect(found[1]).toEqual({ feature: 'useless', mean: 0, standardDeviation: 0 })
  expect(table.column('useful').values).toEqual(Float64Array.from(values))
})

test('one seed gives one answer, and more columns leave the first ones as they were', async () => {
  const options = { score: (rows: Table) => Promise.resolve(accuracy(rows)), repeats: 3 }
  const alone = await permutationImportance(table, { ...options, features: ['useful'], seed: 4 })
  const both = await permutationImportance(table, { ...options, features: ['useful', 'useless'], seed: 4 })
  expect(both[0]).toEqual(alone[0])
  expect(await permutationImportance(table, { ...options, features: ['useful'], seed: 5 })).not.toEqual(alone)
})

test('unknown columns and settings out of range are refused', async () => {
  const options = { score: accuracy, seed: 1 }
  await expect(permutationImportance(table, { ...options, features: ['usefull'] })).rejects.toThrow(
    'Did you mean "useful"',
  )
  await expect(permutationImportance(table, { ...options, features: [], repeats: 0 })).rejects.toThrow('repeats is 0')
})
