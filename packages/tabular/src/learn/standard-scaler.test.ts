import { expect, test } from 'vitest'
import { float64Column, stringColumn } from '../table/column.ts'
import { Table } from '../table/table.ts'
import { featureMatrix, toRowMajor } from './feature-matrix.ts'
import { StandardScaler } from './standard-scaler.ts'

const table = new Table([float64Column('a', [2, 4, 4, 4, 5, 5, 7, 9]), float64Column('flat', Array(8).fill(0.1))])
const features = featureMatrix(table, ['a', 'flat'])

test('features are centred and divided by their standard deviation; a constant one is only centred', () => {
  const scaler = StandardScaler.fit(features)
  expect([...scaler.mean]).toEqual([5, Math.fround(0.1)])
  expect([...scaler.scale]).toEqual([0.5, 1])
  const scaled = scaler.transform(features)
  expect([...scaled.columns[0]!]).toEqual([-1.5, -0.5, -0.5, -0.5, 0, 0, 1, 2])
  expect([...scaled.columns[1]!]).toEqual(Array(8).fill(0))
})

test('a feature that varies by less than a float can hold never becomes NaN', () => {
  const tiny = featureMatrix(new Table([float64Column('a', [1e-45, 0, 0, 0])]), ['a'])
  const scaled = StandardScaler.fit(tiny).transform(tiny)
  expect([...scaled.columns[0]!].every(Number.isFinite)).toBe(true)
})

test('a scaler survives JSON exactly, and other JSON is refused', () => {
  const scaler = StandardScaler.fit(featureMatrix(new Table([float64Column('a', [0.1, 0.2, 0.7])]), ['a']))
  const copy = StandardScaler.fromJSON(JSON.parse(JSON.stringify(scaler)))
  expect(copy.toJSON()).toEqual(scaler.toJSON())
  expect(Buffer.from(copy.scale.buffer).equals(Buffer.from(scaler.scale.buffer))).toBe(true)
  const json = scaler.toJSON()
  const broken = [
    null,
    {},
    { ...json, kind: 'x' },
    { ...json, mean: [] },
    { ...json, scale: [0.1] },
    { ...json, scale: ['1'] },
  ]
  for (const other of broken) expect(() => StandardScaler.fromJSON(other)).toThrow('not a standard scaler')
})

test('other features than those it was fitted on are refused', () => {
  const scaler = StandardScaler.fit(features)
  expect(() => scaler.transform(featureMatrix(table, ['flat', 'a']))).toThrow('same features in the same order')
  expect(() => StandardScaler.fit(featureMatrix(table.take([]), ['a']))).toThrow('no rows')
})

test('features must be finite numbers: the error names column and row', () => {
  const refusal = (values: (number | null)[]) => () => featureMatrix(new Table([float64Column('a', values)]), ['a'])
  expect(refusal([1, null])).toThrow(expect.objectContaining({ code: 'value_missing', column: 'a', row: 2 }))
  expect(refusal([Number.POSITIVE_INFINITY])).toThrow(
    expect.objectContaining({ code: 'value_invalid', column: 'a', row: 1 }),
  )
  expect(refusal([1, 2, 1e39])).toThrow(expect.objectContaining({ code: 'value_invalid', row: 3 }))
  const text = new Table([stringColumn('a', ['1'])])
  expect(() => featureMatrix(text, ['a'])).toThrow(expect.objectContaining({ code: 'column_kind', column: 'a' }))
  expect(() => featureMatrix(text, ['b'])).toThrow(expect.objectContaining({ code: 'column_unknown', column: 'b' }))
})

test('row-major order goes row by row', () => {
  const two = featureMatrix(new Table([float64Column('a', [1, 2]), float64Column('b', [3, 4])]), ['b', 'a'])
  expect([...toRowMajor(two)]).toEqual([3, 1, 4, 2])
})
