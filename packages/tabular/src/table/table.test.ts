import { expect, test } from 'vitest'
import { booleanColumn, float32Column, float64Column, int64Column, stringColumn } from './column.ts'
import { Table } from './table.ts'
import { TableError } from './table-error.ts'

const table = new Table([
  float64Column('age', [41, null, 63]),
  float32Column('ratio', [0.5, 0.25, null]),
  int64Column('visits', [3, 4, null]),
  stringColumn('site', ['left', null, 'right']),
  booleanColumn('smoker', [true, false, null]),
])

test('rows come out as plain objects with null for what is missing', () => {
  expect(table.toRows()).toEqual([
    { age: 41, ratio: 0.5, visits: 3, site: 'left', smoker: true },
    { age: null, ratio: 0.25, visits: 4, site: null, smoker: false },
    { age: 63, ratio: null, visits: null, site: 'right', smoker: null },
  ])
})

test('select, drop, take and withColumn give new tables and leave the first as it was', () => {
  expect(table.select(['site', 'age']).columnNames).toEqual(['site', 'age'])
  expect(table.drop(['ratio', 'visits', 'smoker']).columnNames).toEqual(['age', 'site'])
  expect(table.take([2, 0, 0]).select(['site', 'age']).toRows()).toEqual([
    { site: 'right', age: 63 },
    { site: 'left', age: 41 },
    { site: 'left', age: 41 },
  ])
  const replaced = table.withColumn(int64Column('age', [1, 2, 3])).withColumn(int64Column('new', [4, 5, 6]))
  expect(replaced.columnNames).toEqual(['age', 'ratio', 'visits', 'site', 'smoker', 'new'])
  expect(replaced.column('age').kind).toBe('int64')
  expect(table.column('age').kind).toBe('float64')
})

test('a misspelt column is refused with the nearest names, a strange one with all names', () => {
  expect(() => table.column('visit')).toThrow('There is no column "visit". Did you mean "visits"?')
  expect(() => table.select(['zzzzzz'])).toThrow('There is: "age", "ratio", "visits", "site", "smoker".')
  expect(() => table.drop(['toString'])).toThrow(TableError)
})

test('columns of different lengths, equal names or no name are refused', () => {
  const code = (columns: ConstructorParameters<typeof Table>[0]) => {
    try {
      return new Table(columns).rowCount
    } catch (error) {
      return (error as TableError).code
    }
  }
  expect(code([float64Column('a', [1]), float64Column('b', [1, 2])])).toBe('column_length')
  expect(code([float64Column('a', [1]), float64Column('a', [2])])).toBe('column_duplicate')
  expect(code([float64Column('', [1])])).toBe('column_name')
  expect(code([])).toBe(0)
})

test('a row that is not there is refused', () => {
  for (const row of [-1, 3, 0.5, Number.NaN]) expect(() => table.take([row])).toThrow(`no row at index ${row}`)
})

test('a table over rows has the columns that lie in them, and shows the rows to who asks for those names', () => {
  const names = Object.freeze(['a', 'b'])
  const values = Float32Array.of(1, 2, 3, 4, 5, 6)
  const rows = Table.ofRows(values, names)
  expect(rows.toRows()).toEqual([
    { a: 1, b: 2 },
    { a: 3, b: 4 },
    { a: 5, b: 6 },
  ])
  expect(rows.slice(1, 2).select(['b']).toRows()).toEqual([{ b: 4 }])
  expect(rows.withColumn(stringColumn('c', ['x', 'y', 'z'])).columnNames).toEqual(['a', 'b', 'c'])
  expect(rows.rowMajor(names)).toBe(values)
  expect(rows.rowMajor(['a', 'b'])).toBe(values)
  expect(rows.rowMajor(['b', 'a'])).toBeNull()
  expect(new Table([float64Column('a', [1])]).rowMajor(['a'])).toBeNull()
  const refused = (values: number, names: string[]) => {
    try {
      return Table.ofRows(new Float32Array(values), names).rowCount
    } catch (error) {
      return (error as TableError).code
    }
  }
  expect(refused(3, ['a', 'b'])).toBe('column_length')
  expect(refused(4, ['a', 'a'])).toBe('column_duplicate')
  expect(refused(4, ['', 'a'])).toBe('column_name')
  expect(refused(0, ['a', 'b'])).toBe(0)
})

test('columns named like parts of a prototype stay ordinary columns', () => {
  const strange = new Table([float64Column('__proto__', [1]), stringColumn('constructor', ['x'])])
  const row = strange.toRows()[0]!
  expect(Object.entries(row)).toEqual([
    ['__proto__', 1],
    ['constructor', 'x'],
  ])
  expect(strange.column('__proto__').values[0]).toBe(1)
  expect(strange.has('toString')).toBe(false)
})

test('an integer column refuses fractions and unsafe integers and turns -0 into 0', () => {
  expect(() => int64Column('n', [1, 2.5])).toThrow('Row 2 of column "n" is 2.5')
  expect(() => int64Column('n', [2 ** 53])).toThrow(TableError)
  expect(Object.is(int64Column('n', [-0]).values[0], 0)).toBe(true)
})

test('text that has no UTF-8 form is refused', () => {
  expect(() => stringColumn('s', ['ok', '\ud800'])).toThrow('Row 2 of column "s"')
})
