import { expect, test } from 'vitest'
import { float64Column, stringColumn } from '../table/column.ts'
import { Table } from '../table/table.ts'
import { countKnownRows, rowKeys } from './row-keys.ts'

const table = new Table([float64Column('a', [1, 2, 2]), stringColumn('note', ['x', 'y', 'z'])])

test('a row keeps its key when its place, other columns and the order of columns change', () => {
  const keys = [...rowKeys(table, ['a', 'note']).column('row_key').values]
  const moved = table
    .take([2, 1, 0])
    .withColumn(float64Column('more', [0, 0, 0]))
    .select(['note', 'more', 'a'])
  expect([...rowKeys(moved, ['note', 'a']).column('row_key').values]).toEqual(keys.reverse())
  expect(keys.every((key) => Number.isSafeInteger(key))).toBe(true)
})

test('rows are known by the columns named alone', () => {
  expect(countKnownRows(table, ['a'], rowKeys(table.take([1]), ['a']))).toBe(2)
  expect(countKnownRows(table, ['a', 'note'], rowKeys(table.take([1]), ['a', 'note']))).toBe(1)
  expect(countKnownRows(table, ['a'], rowKeys(table.take([]), ['a']))).toBe(0)
})

test('no columns, an unknown one, and a table that holds no keys are refused', () => {
  expect(() => rowKeys(table, [])).toThrow('at least one column')
  expect(() => rowKeys(table, ['b'])).toThrow('There is no column "b"')
  expect(() => countKnownRows(table, ['a'], table)).toThrow('There is no column "row_key"')
})
