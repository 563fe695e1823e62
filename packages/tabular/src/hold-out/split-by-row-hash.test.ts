import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { wisconsin } from '../../test/wisconsin.ts'
import { booleanColumn, float32Column, float64Column, int64Column, stringColumn } from '../table/column.ts'
import { Table } from '../table/table.ts'
import { splitByRowHash } from './split-by-row-hash.ts'

const numbered = new Table([
  int64Column(
    'n',
    Array.from({ length: 20_000 }, (_, i) => i),
  ),
])
const numbersOf = (table: Table) => table.toRows().map((row) => row.n)
const heldOut = (table: Table, options: Parameters<typeof splitByRowHash>[1]) =>
  new Set(numbersOf(splitByRowHash(table, options).test))

test('the bytes that are hashed are the documented ones', () => {
  const table = new Table([
    stringColumn('ü', ['é', null]),
    float64Column('a', [-0, 1.5]),
    booleanColumn('z', [true, null]),
    float64Column('gone', [null, 2]),
  ])
  // By UTF-8 the order of the columns is a, gone, z, ü.
  const zero = ['01', '0000000000000000', '00', '03', '01', '02', '02000000', 'c3a9']
  const second = ['01', '000000000000f83f', '01', '0000000000000040', '00', '00']
  const position = (row: string[]) => {
    const digest = createHash('sha256')
      .update('airlock-row-hash-v1\0seed\0')
      .update(Buffer.from(row.join(''), 'hex'))
      .digest()
    return Number(digest.readBigUInt64BE() >> 11n) / 2 ** 53
  }
  for (const [row, bytes] of [zero, second].entries()) {
    const share = position(bytes)
    const one = table.take([row])
    expect(splitByRowHash(one, { seed: 'seed', testShare: share }).test.rowCount).toBe(0)
    expect(splitByRowHash(one, { seed: 'seed', testShare: share + 2 ** -52 }).test.rowCount).toBe(1)
  }
})

test('the hold-out of the reference data set is pinned', async () => {
  const { table, featureNames } = await wisconsin()
  const { train, test } = splitByRowHash(table, { seed: 'breast_cancer_classifier', columns: featureNames })
  expect([train.rowCount, test.rowCount]).toEqual([440, 129])
  const radii = Buffer.from(Float64Array.from(test.column('mean_radius').values as Float64Array).buffer)
  expect(createHash('sha256').update(radii).digest('hex').slice(0, 16)).toBe('39ca684bdf7c3668')
})

test('rows keep their side when their order, the columns or their company change', () => {
  const before = heldOut(numbered, { seed: 's' })
  const reversed = numbered.take(Array.from({ length: 20_000 }, (_, i) => 19_999 - i))
  expect(heldOut(reversed, { seed: 's' })).toEqual(before)
  expect(heldOut(numbered.take([5, 6, 7, 8, 9]), { seed: 's' })).toEqual(
    new Set([5, 6, 7, 8, 9].filter((n) => before.has(n))),
  )
  const wide = new Table([
    stringColumn('note', Array(20_000).fill('x')),
    float64Column('n', numbered.column('n').values as Float64Array),
  ])
  expect(heldOut(wide, { seed: 's', columns: ['n'] })).toEqual(before)
})

test('the share is met on average, every row is on one side, and another seed holds out others', () => {
  const { train, test: held } = splitByRowHash(numbered, { seed: 's' })
  expect(held.rowCount / 20_000).toBeCloseTo(0.2, 1)
  expect(new Set([...numbersOf(train), ...numbersOf(held)])).toHaveProperty('size', 20_000)
  const first = heldOut(numbered, { seed: 's' })
  const both = [...heldOut(numbered, { seed: 't' })].filter((n) => first.has(n))
  expect(both.length / 20_000).toBeCloseTo(0.04, 2)
})

test('equal rows land together, and neighbouring cells do not run into each other', () => {
  const twins = new Table([
    int64Column(
      'n',
      Array.from({ length: 1_000 }, (_, i) => i % 10),
    ),
  ])
  const { train, test: held } = splitByRowHash(twins, { seed: 's', testShare: 0.5 })
  const trained = new Set(numbersOf(train))
  expect(numbersOf(held).filter((n) => trained.has(n))).toEqual([])
  const shifted = new Table([stringColumn('a', ['ab', 'a']), stringColumn('b', ['c', 'bc'])])
  const sides = Array.from(
    { length: 40 },
    (_, i) => splitByRowHash(shifted, { seed: `${i}`, testShare: 0.5 }).test.rowCount,
  )
  expect(sides).toContain(1)
})

test('a number counts the same in every kind that holds it exactly', () => {
  const values = Array.from({ length: 200 }, (_, i) => i / 4)
  const side = (table: Table) => numbersOf(splitByRowHash(table, { seed: 's', testShare: 0.5 }).test)
  const wide = side(new Table([float64Column('n', values)]))
  expect(side(new Table([float32Column('n', values)]))).toEqual(wide)
  expect(wide.length).toBeGreaterThan(50)
})

test('settings that make no hold-out are refused', () => {
  for (const testShare of [0, 1, -0.1, 20, Number.NaN]) {
    expect(() => splitByRowHash(numbered, { seed: 's', testShare })).toThrow('testShare')
  }
  expect(() => splitByRowHash(numbered, { seed: '' })).toThrow('seed')
  expect(() => splitByRowHash(numbered, { seed: 'a\0b' })).toThrow('seed')
  expect(() => splitByRowHash(numbered, { seed: 's', columns: [] })).toThrow('at least one column')
  expect(() => splitByRowHash(numbered, { seed: 's', columns: ['m'] })).toThrow('There is no column "m"')
})
