import { testStep } from '@airlock-ml/sdk/testing'
import { evaluate, loadOnnx, readCsv, splitByRowHash } from '@airlock-ml/tabular'
import { expect, test } from 'vitest'
import { DIAGNOSIS, FEATURES, MODEL } from '../diagnosis.ts'
import { projectPath } from '../project-path.ts'
import { balanceClasses, rarestShare } from './balance-classes.ts'
import { withDiagnosis } from './label-diagnosis.ts'
import { profileHoldout } from './profile-holdout.ts'
import { trainModel } from './train-model.ts'

const rows = withDiagnosis(await readCsv(projectPath('data/breast_cancer_wisconsin.csv')))
const { train, test: held } = splitByRowHash(rows, { seed: MODEL, testShare: 0.2, columns: FEATURES })
const params = { trees: 50, min_samples_leaf: 1, pca_variance: 0.95, seed: 42 }

test.each([
  ['forest', false],
  ['forest', true],
  ['boosted', false],
  ['logistic', true],
] as const)('a %s, with principal components %j, reaches the thresholds of the pipeline', async (algorithm, pca) => {
  const { outputs, metadata } = await testStep(trainModel, { inputs: { train }, params: { ...params, algorithm, pca } })
  expect(metadata.components).toEqual(pca ? 10 : null)
  const loaded = await loadOnnx(outputs.model)
  const metrics = await evaluate(loaded, held, { target: DIAGNOSIS, positive: 'malignant' })
  await loaded.close()
  expect(metrics.accuracy).toBeGreaterThan(0.9)
})

test('rows of the rarer class are made up where it is too rare, and only there', async () => {
  const asked = (least_share: number) =>
    testStep(balanceClasses, { inputs: { train }, params: { least_share, seed: 1 } })
  const { balanced } = (await asked(0.4)).outputs
  expect(rarestShare(balanced)).toBeCloseTo(0.5, 2)
  expect((await asked(0.3)).outputs.balanced.rowCount).toBe(train.rowCount)
})

test('the profile has every measurement of the held-out rows, and every diagnosis', async () => {
  const { outputs } = await testStep(trainModel, {
    inputs: { train },
    params: { ...params, algorithm: 'forest', pca: false },
  })
  const { profile } = (await testStep(profileHoldout, { inputs: { model: outputs.model, test: held } })).outputs
  expect(profile.rows).toBe(held.rowCount)
  expect(profile.features.map(({ name }) => name)).toEqual(FEATURES)
  expect(profile.labels.map(({ label }) => label)).toEqual(['benign', 'malignant'])
})
