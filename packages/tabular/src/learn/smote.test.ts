import { expect, test } from 'vitest'
import { booleanColumn, float32Column, float64Column, int64Column, stringColumn } from '../table/column.ts'
import { Table } from '../table/table.ts'
import { smote } from './smote.ts'

const rare = [1, 2, 3, 4, 5, 6, 20]
const common = Array.from({ length: 20 }, (_, i) => 100 + i)
const table = new Table([
  float64Column('x', [...rare, ...common]),
  int64Column('y', [...rare.map((x) => 2 * x), ...common]),
  stringColumn('site', Array(27).fill('left')),
  stringColumn('class', [...rare.map(() => 'rare'), ...common.map(() => 'common')]),
])
const options = { features: ['x', 'y'], target: 'class', seed: 1 }

test('small classes grow to the size of the largest, real rows first and unchanged', () => {
  const { table: grown, added } = smote(table, options)
  expect(added).toEqual({ rare: 13 })
  expect(grown.rowCount).toBe(40)
  expect(grown.take(Array.from({ length: 27 }, (_, i) => i)).toRows()).toEqual(table.toRows())
  const made = grown.toRows().slice(27)
  expect(new Set(made.map((row) => row.class))).toEqual(new Set(['rare']))
  // Other columns are not made up.
  expect(new Set(made.map((row) => row.site))).toEqual(new Set([null]))
  expect(grown.column('y').kind).toBe('float64')
})

test('each new row lies on the line between a row and one of its nearest of the same class', () => {
  const { table: grown } = smote(table, { ...options, neighbours: 1 })
  for (const { x, y } of grown.toRows().slice(27)) {
    expect(y).toBeCloseTo(2 * (x as number), 10)
    // Nearest to 20 is 6; everything else is a neighbour one apart.
    expect((x as number) >= 1 && (x as number) <= 20).toBe(true)
  }
  const single = new Table([
    float64Column('x', [0, 10, 11, 50, 50, 50, 50]),
    int64Column('class', [1, 1, 1, 0, 0, 0, 0]),
  ])
  const [made] = smote(single, { features: ['x'], target: 'class', seed: 3, neighbours: 1 })
    .table.toRows()
    .slice(7)
  expect(made!.class).toBe(1)
  expect((made!.x as number) >= 0 && (made!.x as number) <= 11).toBe(true)
})

test('nearness is measured over scaled features: a wide one does not drown a narrow one', () => {
  // Scaled, the first two rows are each other's nearest; unscaled, the third would be the first one's.
  const wide = new Table([
    float64Column('narrow', [0, 0.01, 1, 5, 6, 7, 8, 9, 9]),
    float64Column('wide', [0, 300, 0, 9_000, 8_000, 100, 5_000, 0, 0]),
    booleanColumn('class', [true, true, true, ...Array(6).fill(false)]),
  ])
  const made = smote(wide, { features: ['narrow', 'wide'], target: 'class', seed: 1, neighbours: 1 })
    .table.toRows()
    .slice(9)
  // Each of the three takes one turn: two between the first and the second, one between the third and the first.
  expect(made.map((row) => row.class)).toEqual([true, true, true])
  const between = made.filter((row) => (row.wide as number) > 0)
  expect(between).toHaveLength(2)
  for (const row of between) expect((row.wide as number) / (row.narrow as number)).toBeCloseTo(30_000, 6)
})

test('one seed gives the same rows, another seed others, and a share stops short', () => {
  const rowsOf = (changes: object) => smote(table, { ...options, ...changes }).table.toRows()
  expect(rowsOf({})).toEqual(rowsOf({}))
  expect(rowsOf({})).not.toEqual(rowsOf({ seed: 2 }))
  expect(smote(table, { ...options, share: 0.5 }).added).toEqual({ rare: 3 })
  expect(smote(table, { ...options, share: 0.1 }).added).toEqual({})
})

test('32-bit features stay so', () => {
  const small = table.withColumn(float32Column('x', [...rare, ...common]))
  expect(smote(small, options).table.column('x').kind).toBe('float32')
})

test('a class with too few rows is refused by name, with what to do', () => {
  const refusal = expect.objectContaining({ code: 'class_too_small' })
  expect(() => smote(table.take([0, ...Array.from({ length: 20 }, (_, i) => 7 + i)]), options)).toThrow(refusal)
  expect(() => smote(table.take([0, 7, 8, 9]), options)).toThrow(
    'Class "rare" has 1 row, but SMOTE with 5 neighbours needs at least 6. Gather more rows, lower neighbours',
  )
  // Six rows are enough for five neighbours, five are not.
  expect(smote(table.take([0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13]), options).added).toEqual({ rare: 1 })
  expect(() => smote(table.take([0, 1, 2, 3, 4, 7, 8, 9, 10, 11, 12, 13]), options)).toThrow(refusal)
})

test('missing values, missing labels and settings out of range are refused', () => {
  const gaps = table.withColumn(float64Column('x', [null, ...rare.slice(1), ...common]))
  expect(() => smote(gaps, options)).toThrow('Row 1 of column "x" has no value')
  const unlabelled = table.withColumn(stringColumn('class', Array(27).fill(null)))
  expect(() => smote(unlabelled, options)).toThrow('Row 1 has no label')
  expect(() => smote(table, { ...options, features: ['site'] })).toThrow('holds string values')
  expect(() => smote(table, { ...options, features: ['x', 'class'] })).toThrow('cannot be a feature too')
  for (const wrong of [{ neighbours: 0 }, { share: 0 }, { share: 1.5 }, { seed: 0.5 }]) {
    expect(() => smote(table, { ...options, ...wrong })).toThrow(Object.keys(wrong)[0])
  }
})
