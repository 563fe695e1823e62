import { float64Column, int64Column, readCsv, stringColumn } from '@airlock-ml/tabular'
import { expect, test } from 'vitest'
import { FEATURES, TARGET } from '../../src/diagnosis.ts'
import { projectPath } from '../../src/project-path.ts'
import { patients } from '../../src/testing/patients.ts'
import { dataFaults } from './validate-data-quality.ts'

const wanted = { features: [...FEATURES], target: TARGET, labels: ['0', '1'], min_rows: 100 }
const good = patients(100)
const numbers = Array.from({ length: 100 }, (_, row) => row)

test('the real data set has no fault', async () => {
  expect(dataFaults(await readCsv(projectPath('data/breast_cancer_wisconsin.csv')), wanted)).toEqual([])
  expect(dataFaults(good, wanted)).toEqual([])
})

test('99 rows are too few, and none are none', () => {
  expect(dataFaults(patients(99), wanted)).toEqual([
    'There are only 99 rows, and 100 are the fewest to train on. Collect more data.',
  ])
  expect(dataFaults(patients(0), wanted)).toEqual([
    'There are no rows, and 100 are the fewest to train on. Collect more data.',
  ])
})

test('missing columns are named, all of them', () => {
  expect(dataFaults(good.drop(['mean_area', TARGET]), wanted)).toEqual([
    'Column "mean_area" is missing. Add it, or correct the header.',
    'Column "target" is missing. Add it, or correct the header.',
  ])
})

test('text in a number column is named with its row', () => {
  const words = stringColumn(
    'mean_area',
    numbers.map((row) => (row === 41 ? 'n/a' : String(row))),
  )
  expect(dataFaults(good.withColumn(words), wanted)).toEqual([
    'Row 42 of column "mean_area" is "n/a". It must be a number: correct the cell.',
  ])
})

test('a missing value is named with its row', () => {
  const holes = float64Column(
    'worst_area',
    numbers.map((row) => (row === 6 ? null : row)),
  )
  expect(dataFaults(good.withColumn(holes), wanted)).toEqual([
    'Row 7 of column "worst_area" has no value. Fill it in, or leave the row out.',
  ])
})

test.each([
  [2, 'Row 3 of column "target" is "2". A label is one of 0, 1: correct it.'],
  [null, 'Row 3 of column "target" is missing. A label is one of 0, 1: correct it.'],
])('the label %j is refused', (label, fault) => {
  const labels = int64Column(
    TARGET,
    numbers.map((row) => (row === 2 ? label : row % 2)),
  )
  expect(dataFaults(good.withColumn(labels), wanted)).toEqual([fault])
})

test('rows of one class alone teach nothing', () => {
  const benign = int64Column(
    TARGET,
    numbers.map(() => 1),
  )
  expect(dataFaults(good.withColumn(benign), wanted)).toEqual([
    'No row of column "target" is 0. Add rows of that class.',
  ])
})
