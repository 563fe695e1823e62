import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { FEATURES, TARGET } from './diagnosis.ts'
import { projectPath } from './project-path.ts'

test('features and target are the header of the data set', async () => {
  const csv = await readFile(projectPath('data/breast_cancer_wisconsin.csv'), 'utf8')
  expect([...FEATURES, TARGET]).toEqual(csv.split('\n', 1)[0]?.split(','))
})
