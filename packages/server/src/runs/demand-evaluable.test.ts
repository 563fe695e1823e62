import { readParquet, writeParquet } from '@airlock-ml/tabular'
import { beforeAll, expect, test } from 'vitest'
import { sharedWorkspaces } from '../../test/shared-workspaces.ts'
import { type TrainedModel, trainModel } from '../../test/trained-model.ts'
import { model, project, runTraining } from '../../test/two-workspaces.ts'
import { demandEvaluable } from './demand-evaluable.ts'

const both = sharedWorkspaces()
let trained: TrainedModel
beforeAll(async () => {
  trained = await trainModel({ seed: 1, trees: 3 })
})

const evaluation = { target: 'diagnosis', positive: 'malignant' }
const without = async (column: string) => writeParquet((await readParquet(trained.evaluation)).drop([column]))

test('a version that could not be judged where it is to go is not registered in the first place', async () => {
  const unlabelled = { ...trained, evaluation: await without('diagnosis') }
  await expect(runTraining(both.dev.root, unlabelled)).rejects.toMatchObject({
    code: 'evaluation_unfit',
    message: expect.stringContaining('It has no column "diagnosis", which `trains.evaluation.target` names.'),
  })
  const { items } = await both.dev.root('listModelVersions', { project, model }).catch(() => ({ items: [] }))
  expect(items).toEqual([])
})

test.each([
  [
    'a target that is nearly a column',
    { target: 'diagnoses' },
    'It has no column "diagnoses", which `trains.evaluation.target` names. Did you mean "diagnosis"?',
  ],
  [
    'a class that the model does not tell apart',
    { positive: 'malign' },
    'The model has no class "malign", which `trains.evaluation.positive` names. There is "malignant", "benign".',
  ],
])('%s is named, with what there is', async (_, wrong, message) => {
  const judged = { model: trained.onnx, table: trained.evaluation, evaluation: { ...evaluation, ...wrong } }
  await expect(demandEvaluable(judged)).rejects.toMatchObject({
    code: 'evaluation_unfit',
    message: expect.stringContaining(message),
  })
})

test('a table without a feature, or that is none, is refused', async () => {
  const judge = (table: Uint8Array) => demandEvaluable({ model: trained.onnx, table, evaluation })
  await expect(judge(await without('mean_area'))).rejects.toMatchObject({
    message: expect.stringContaining('It has no column mean_area, which the model reads.'),
  })
  await expect(judge(Buffer.from('PAR1'))).rejects.toMatchObject({ code: 'evaluation_unfit' })
  await expect(judge(trained.evaluation)).resolves.toBeUndefined()
})
