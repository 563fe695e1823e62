import { int64Column, readCsv } from '@airlock-ml/tabular'
import { expect, test } from 'vitest'
import { DIAGNOSIS, FEATURES, TARGET } from '../diagnosis.ts'
import { projectPath } from '../project-path.ts'
import { patients } from '../testing/patients.ts'
import { withDiagnosis } from './label-diagnosis.ts'

test('in the real data 357 rows are benign and 212 malignant, and no number is left of the label', async () => {
  const labelled = withDiagnosis(await readCsv(projectPath('data/breast_cancer_wisconsin.csv')))
  const words = [...labelled.column(DIAGNOSIS).values]
  expect(words.filter((word) => word === 'benign')).toHaveLength(357)
  expect(words.filter((word) => word === 'malignant')).toHaveLength(212)
  expect(labelled.columnNames).toEqual([...FEATURES, DIAGNOSIS])
})

test('a number that means nothing is refused with its row', () => {
  expect(() => withDiagnosis(patients(2).withColumn(int64Column(TARGET, [0, 3])))).toThrow(
    'Row 2 of column "target" is 3. It must be 0 (malignant) or 1 (benign).',
  )
})
