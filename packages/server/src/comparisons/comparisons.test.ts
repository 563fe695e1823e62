import { digestOf } from '@airlock-ml/bundle'
import { ComparisonDefinition, type SnapshotSpec } from '@airlock-ml/contract'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import type { Call } from '../../test/call.ts'
import { compareAs, comparing, result, startComparing, type Which } from '../../test/comparing.ts'
import { freshWorkspaces } from '../../test/shared-workspaces.ts'
import { type TrainedModel, trainModel } from '../../test/trained-model.ts'
import { model, project, runTraining } from '../../test/two-workspaces.ts'

const both = freshWorkspaces()
let root: Call
let first: TrainedModel
let second: TrainedModel

beforeAll(async () => {
  first = await trainModel({ seed: 1 })
  second = await trainModel({ seed: 2 })
})
beforeEach(async () => {
  root = both.dev.root
})

const start = (which: Which = {}) => startComparing(root, which)
const compare = (found: unknown, which: Which = {}) => compareAs(root, found, which)

const promote = (number: number) => root('promoteModelVersion', { project, model, body: { stage: 'staging', number } })
const demandComparison = (expression = "comparison.verdict in ['no champion', 'better', 'not worse']") =>
  root('applyPolicy', {
    project,
    body: {
      name: 'staging',
      stage: 'staging',
      gates: [
        {
          name: 'not_worse',
          expression,
          grade: 'asserted',
          message: 'It was not shown to be as good as the champion.',
          remedy: 'airlock run champion-challenger',
        },
      ],
    },
  })

test('the newest version is compared with who holds staging, each read by its own bytes', async () => {
  await runTraining(root, first)
  await promote(1)
  await runTraining(root, second)
  const { inputs, run } = await compare({ ...result, disputed: [{ row: 1 }] })
  const digestOf = async (number: number) => (await root('showModelVersion', { project, model, number })).digest
  const [champion, challenger] = [await digestOf(1), await digestOf(2)]
  expect([inputs.champion?.digest, inputs.challenger?.digest]).toEqual([champion, challenger])
  expect(run.model).toEqual({
    action: 'compares',
    name: model,
    number: 2,
    digest: challenger,
    champion: { number: 1, digest: champion },
  })
})

test('a gate lets the first version in without a comparison, and the next only with one against who holds it', async () => {
  await demandComparison()
  await runTraining(root, first)
  const { gates } = await promote(1)
  expect(gates).toMatchObject([{ verdict: 'passed', values: { 'comparison.verdict': 'no champion' } }])
  await runTraining(root, second)
  await expect(promote(2)).rejects.toMatchObject({
    code: 'gates_failed',
    message: expect.stringContaining('there is no evidence comparison'),
  })
  await compare({ ...result, verdict: 'worse' })
  await expect(promote(2)).rejects.toMatchObject({ code: 'gates_failed' })
  await compare(result)
  expect((await promote(2)).change.number).toBe(2)
})

test('a gate can ask by which definition it was judged, and that it was registered before the challenger was trained', async () => {
  const definition = ComparisonDefinition.parse({
    name: 'q',
    model,
    positive: 'malignant',
    margins: { accuracy: 0.05 },
  })
  const register = (accuracy: number) =>
    root('applyComparison', { project, body: { ...definition, margins: { accuracy } } })
  const found = { ...result, metrics: {}, definition }
  const expression =
    "comparison.verdict == 'no champion' || (comparison.definition.name == 'q' && comparison.definition.beforehand && comparison.definition.version == comparison.definition.latest)"
  await demandComparison(expression)
  await runTraining(root, first)
  await promote(1)
  await runTraining(root, second)
  await compare({ ...found, definition: undefined })
  await expect(promote(2)).rejects.toMatchObject({ code: 'gates_failed' })
  await compare(found)
  const { items } = await root('listComparisons', { project, model })
  expect(items.map((each) => each.result.definition)).toMatchObject([
    { name: 'q', digest: digestOf(definition), registered: false, version: null, beforehand: false },
    { name: null, digest: null, registered: false },
  ])
  await register(0.05)
  await compare(found)
  const known = (await root('listComparisons', { project, model })).items[0]!.result.definition
  expect(known).toMatchObject({ registered: true, version: 1, latest: 1, beforehand: false })
  await expect(promote(2)).rejects.toMatchObject({ code: 'gates_failed' })
  await runTraining(root, await trainModel({ seed: 3 }))
  await compare(found)
  expect((await promote(3)).gates[0]!.values['comparison.definition.version']).toBe(1)
})

test('a comparison that contradicts the definition it hands over ends no run well', async () => {
  const definition = ComparisonDefinition.parse({
    name: 'q',
    model,
    positive: 'malignant',
    margins: { accuracy: 0.01 },
  })
  await runTraining(root, first)
  await promote(1)
  await runTraining(root, second)
  await expect(compare({ ...result, definition })).rejects.toMatchObject({
    code: 'comparison_refused',
    message: 'The comparison names q, and was made with other margins.',
  })
})

test('a comparison with another champion than who holds the stage now says nothing', async () => {
  await runTraining(root, first)
  await promote(1)
  await runTraining(root, second)
  await runTraining(root, await trainModel({ seed: 3 }))
  await demandComparison()
  await compare(result, { version: { number: 3 }, champion: { number: 2 } })
  await expect(promote(3)).rejects.toMatchObject({ code: 'gates_failed' })
})

test('a rollback is not asked for a comparison', async () => {
  await runTraining(root, first)
  await promote(1)
  await runTraining(root, second)
  await promote(2)
  await demandComparison()
  const body = { stage: 'staging' as const, reason: 'Worse in use.' }
  expect(await root('rollbackModel', { project, model, body })).toMatchObject({ change: { number: 1 } })
})

test('without a champion, with itself, or with the same bytes nothing is compared', async () => {
  await runTraining(root, first)
  await expect(start()).rejects.toMatchObject({
    code: 'no_champion',
    message: `There is no champion: no version of ${model} holds staging.`,
  })
  await promote(1)
  await expect(start()).rejects.toMatchObject({
    code: 'comparison_refused',
    message: expect.stringContaining('is champion and challenger'),
  })
  await runTraining(root, first, { again: true })
  await expect(start()).rejects.toMatchObject({
    code: 'comparison_refused',
    message: expect.stringContaining('byte for byte'),
  })
  await expect(start({ version: { number: 9 } })).rejects.toMatchObject({ code: 'model_version_not_found' })
})

test.each([
  ['no verdict of ours', { ...result, verdict: 'splendid' }, 'verdict is wrong'],
  ['a list', [1], 'is wrong'],
])('a comparison that is %s ends no run well', async (_, found, message) => {
  await runTraining(root, first)
  await promote(1)
  await runTraining(root, second)
  await expect(compare(found)).rejects.toMatchObject({
    code: 'comparison_refused',
    message: expect.stringContaining(message),
  })
})

test('a pipeline that compares must say where its comparison is, and no other may read a champion', async () => {
  const spec = comparing()
  const elsewhere = { ...spec, model: { ...spec.model!, comparison: { step: 'compare', output: 'other' } } }
  await expect(root('createSnapshot', { project, body: elsewhere as SnapshotSpec })).rejects.toMatchObject({
    code: 'snapshot_invalid',
  })
  const consuming: SnapshotSpec = { ...spec, model: { action: 'consumes', name: model } }
  await expect(root('createSnapshot', { project, body: consuming })).rejects.toMatchObject({
    code: 'snapshot_invalid',
    message: expect.stringContaining("champion's model"),
  })
})
