import { float64Column, readCsv, stringColumn } from '@airlock-ml/tabular'
import { expect, test } from 'vitest'
import { FEATURES, TARGET } from '../diagnosis.ts'
import { projectPath } from '../project-path.ts'
import { patients } from '../testing/patients.ts'
import { checkedFeatures } from './validate-features.ts'

const good = patients(3).drop([TARGET])

test('measurements in any order come out in the order of the model', () => {
  const shuffled = good.select([...FEATURES].reverse())
  expect(checkedFeatures(shuffled).columnNames).toEqual(FEATURES)
})

test('the example file of new patients is fit to be scored', async () => {
  expect(checkedFeatures(await readCsv(projectPath('data/new_patients.csv'))).rowCount).toBe(20)
})

test.each([
  ['a missing measurement', good.drop(['mean_area']), 'Missing: column "mean_area".'],
  ['a column that the model does not know', patients(3), 'The model does not know column "target".'],
  ['no rows', good.take([]), 'There are no rows to score.'],
  ['text', good.withColumn(stringColumn('mean_area', ['1', 'big', '2'])), 'Row 2 of column "mean_area" is "big".'],
  ['NaN', good.withColumn(float64Column('mean_area', [1, 2, null])), 'Row 3 of column "mean_area" has no value.'],
])('%s is refused by name', (_, table, message) => {
  expect(() => checkedFeatures(table)).toThrow(message)
})
