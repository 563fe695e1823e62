import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Call } from '../../test/call.ts'
import { trainModel } from '../../test/trained-model.ts'
import { model, project, runTraining, type TwoWorkspaces, twoWorkspaces } from '../../test/two-workspaces.ts'

let both: TwoWorkspaces
let root: Call
let runId: string
beforeAll(async () => {
  both = await twoWorkspaces()
  root = both.dev.root
  runId = (await runTraining(root, await trainModel({ seed: 1, trees: 1 }))).id
  await root('createUser', { body: { name: 'ann', roles: [] } })
})
afterAll(() => both.close())

test.each<[string, () => Promise<unknown>, string]>([
  ['model', () => root('showModel', { project, model: 'breast_cancer_classifer' }), `Did you mean "${model}"?`],
  ['version', () => root('showModelVersion', { project, model, number: 7 }), 'has no version 7; its newest is 1.'],
  ['stack', () => root('showStack', { project, stack: 'test-stak' }), 'Did you mean "test-stack"?'],
  ['pipeline', () => root('showPipeline', { project, pipeline: 'trainning' }), 'Did you mean "training"?'],
  ['user', () => root('showUser', { name: 'anna' }), 'Did you mean "ann"?'],
  ['identity', () => root('disableIdentity', { name: 'an' }), 'Did you mean "ann"?'],
  ['trace', () => root('trace', { project, ref: 'breast_cancer_clasifier/1' }), `Did you mean "${model}"?`],
  ['traced version', () => root('trace', { project, ref: `${model}/7` }), 'Its newest version is 1.'],
  ['step', () => root('explainStep', { project, runId, step: 'trane' }), 'Did you mean "train"?'],
])('a mistyped %s is told what was probably meant', async (_, act, says) => {
  await expect(act()).rejects.toMatchObject({ message: expect.stringContaining(says) })
})
