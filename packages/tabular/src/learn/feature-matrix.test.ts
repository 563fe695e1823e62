import { expect, test } from 'vitest'
import { readCsv } from '../csv/read-csv.ts'
import { featureMatrix } from './feature-matrix.ts'

const features = async (cells: readonly string[]) =>
  featureMatrix(await readCsv(Buffer.from(['x,y', ...cells.map((cell) => `${cell},1`)].join('\n'))), ['x', 'y'])

test.each([
  [['1', '', '3'], 'value_missing', 'Row 2 of column "x" has no value. A feature must have one'],
  [['1', '', '3', 'NaN'], 'value_missing', 'Row 2 of column "x" has no value, nor have 1 more of its 4 rows.'],
  [['NaN', 'NaN'], 'value_missing', 'Column "x" has no value in any of its 2 rows. Leave the column out.'],
  [['1', '2.5', 'n/a'], 'column_kind', 'Column "x" holds string values, as "n/a" in row 3, but'],
  [['true', 'false'], 'column_kind', 'Column "x" holds boolean values, but a feature must hold numbers.'],
  [['1e39', '1'], 'value_invalid', 'beyond the finite 32-bit numbers'],
])('cells %j are refused as features with where and how many', async (cells, code, message) => {
  await expect(features(cells)).rejects.toMatchObject({ code, message: expect.stringContaining(message) })
})

test('all columns that cannot be features are named at once, up to a few', async () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
  const table = await readCsv(Buffer.from(`${names}\n1,,x,1e39,,,\n2,,3,1,1,1,1\n`))
  const refused = (...of: string[]) => expect(() => featureMatrix(table, of))
  refused('a', 'c', 'e').toThrow(
    '2 columns cannot be features: "c" holds string values, as "x" in row 1; "e" has no value in 1 of 2 rows, first in row 1. A feature',
  )
  refused(...names).toThrow(expect.objectContaining({ code: 'value_missing', column: 'b', row: 1 }))
  refused(...names).toThrow('"d" is 1e+39 in row 1; "e" has no value in 1 of 2 rows, first in row 1; "f" has')
  refused(...names).toThrow('first in row 1; and 1 more. A feature')
})

test('numbers are taken as 32-bit floats, a feature an array', async () => {
  expect(await features(['0.1', '2'])).toEqual({
    names: ['x', 'y'],
    columns: [Float32Array.of(0.1, 2), Float32Array.of(1, 1)],
    rowCount: 2,
  })
})
