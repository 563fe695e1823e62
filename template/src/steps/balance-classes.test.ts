import { readCsv } from '@airlock-ml/tabular'
import { expect, test } from 'vitest'
import { projectPath } from '../project-path.ts'
import { rarestShare } from './balance-classes.ts'
import { withDiagnosis } from './label-diagnosis.ts'

test('of the real data set, 212 of 569 rows are malignant', async () => {
  const rows = withDiagnosis(await readCsv(projectPath('data/breast_cancer_wisconsin.csv')))
  expect(rarestShare(rows)).toBeCloseTo(212 / 569, 12)
})
