import type { RecallTarget, SnapshotSpec } from '@airlock-ml/contract'
import { beforeAll, expect, test } from 'vitest'
import type { Call } from '../../test/call.ts'
import { approvePromotion } from '../../test/decision-signing.ts'
import { freshWorkspaces } from '../../test/shared-workspaces.ts'
import { type TrainedModel, trainModel } from '../../test/trained-model.ts'
import {
  model,
  project,
  runTraining,
  sha256,
  stageAndExport,
  toStaging,
  trainingSpec,
  upload,
} from '../../test/two-workspaces.ts'

const both = freshWorkspaces()
let first: TrainedModel
let second: TrainedModel

beforeAll(async () => {
  first = await trainModel({ seed: 1 })
  second = await trainModel({ seed: 2 })
})

const recall = (by: Call, target: RecallTarget, dryRun = false) =>
  by('recall', { project, body: { target, reason: 'Labels were swapped.', dryRun } })
const marks = async (by: Call) =>
  (await by('listModelVersions', { project, model })).items.map(({ number, marks }) => [
    number,
    ...marks.map(({ mark }) => mark),
  ])

/** Asks production for a bundle, and has it verified. */
async function ask(uri: string) {
  const { root, workspace } = both.production
  const { id } = await root('requestPromotion', { project, body: { model, bundle: { uri } } })
  await workspace.advance(id)
  return root('showPromotion', { project, promotionId: id })
}

async function approve(by: Call, id: string) {
  const { root, workspace } = both.production
  const { planDigest } = await root('showPromotion', { project, promotionId: id })
  await approvePromotion(by, { id, planDigest })
  await workspace.advance(id)
  return root('showPromotion', { project, promotionId: id })
}

/** A run that scores with a version, as a pipeline of its own. */
async function predictWith(by: Call, number: number) {
  const scoring: SnapshotSpec = {
    ...trainingSpec(),
    pipeline: 'batch-inference',
    steps: [
      {
        name: 'score',
        inputs: { model: { from: 'model', role: 'model' } },
        outputs: { predictions: { type: 'json' } },
        parameters: {},
      },
    ],
    model: { action: 'consumes', name: model },
  }
  const { id: snapshotId } = await by('createSnapshot', { project, body: scoring })
  const { run, lease } = await by('startRun', { project, body: { snapshotId, version: { number } } })
  const body = { leaseToken: lease.token }
  await by('startStep', { project, runId: run.id, step: 'score', body })
  const digest = await upload(by, Buffer.from(JSON.stringify({ run: run.id })))
  const outputs = { predictions: { type: 'json' as const, digest } }
  await by('completeStep', { project, runId: run.id, step: 'score', body: { ...body, outputs } })
  await by('completeRun', { project, runId: run.id, body })
  return { runId: run.id, digest }
}

test('a recalled table reaches the versions trained on it, what used them, and whatever is trained on it later', async () => {
  const { root } = both.dev
  await runTraining(root, first, { a: 1 })
  await runTraining(root, second, { a: 2 })
  await toStaging(root, 1)
  const { bundle } = await root('exportModelVersion', { project, model, body: { number: 1 } })
  const prediction = await predictWith(root, 1)
  const table = { artifact: sha256(first.evaluation) }

  const planned = await recall(root, table, true)
  expect(planned).toMatchObject({ dryRun: true, recall: null, reach: { counts: { versions: 2 } } })
  expect(await marks(root)).toEqual([[2], [1]])

  const { recall: issued, reach } = await recall(root, table)
  expect(issued).toMatchObject({ kind: 'artifact', digest: table.artifact, by: 'root', reason: 'Labels were swapped.' })
  expect(reach.versions.map(({ number }) => number)).toEqual([2, 1])
  expect(reach.holders).toEqual([
    {
      model,
      number: 1,
      stage: 'staging',
      remedy: `airlock model rollback ${model} --stage staging --reason TEXT --workspace enterprise-dev-staging`,
    },
  ])
  expect(reach.bundles).toEqual([{ digest: bundle.digest, model, number: 1 }])
  expect(reach.artifacts.map(({ digest }) => digest)).toContain(prediction.digest)
  expect(reach.runs.map(({ id, use }) => [id, use])).toContainEqual([prediction.runId, 'consumed'])
  expect(reach.counts).toMatchObject({ consumingRuns: 1, runs: 3 })
  expect(await marks(root)).toEqual([
    [2, 'recalled'],
    [1, 'recalled'],
  ])

  await runTraining(root, await trainModel({ seed: 3 }), { a: 3 })
  expect((await marks(root))[0]).toEqual([3, 'recalled'])
  for (const number of [2, 3]) await expect(toStaging(root, number)).rejects.toMatchObject({ code: 'version_recalled' })
  await expect(root('exportModelVersion', { project, model, body: { number: 1 } })).rejects.toMatchObject({
    code: 'version_recalled',
  })
  await expect(
    root('releaseModelVersion', { project, model, number: 2, body: { reason: 'It is fine.' } }),
  ).rejects.toMatchObject({ code: 'version_recalled' })
  expect((await root('showModel', { project, model })).stages.staging).toBe(1)
})

test('a recalled version takes no other version of the model with it, and is no target of a rollback', async () => {
  const { root } = both.dev
  await runTraining(root, first, { a: 1 })
  await runTraining(root, second, { a: 2 })
  await toStaging(root, 1)
  await toStaging(root, 2)
  const { reach } = await recall(root, { model, number: 1 })
  expect(reach.versions.map(({ number }) => number)).toEqual([1])
  expect(reach.holders).toEqual([])
  await expect(
    root('rollbackModel', { project, model, body: { stage: 'staging', reason: 'Worse.' } }),
  ).rejects.toMatchObject({ code: 'version_recalled' })
  await runTraining(root, first, { a: 3 })
  expect((await marks(root))[0]).toEqual([3, 'recalled'])
})

test('a recalled commit reaches what was trained from it, and the same again is the same recall', async () => {
  const { root } = both.dev
  await runTraining(root, first)
  const commit = 'a'.repeat(40)
  const issued = await recall(root, { commit })
  expect(issued.reach.counts).toMatchObject({ versions: 1, artifacts: 3 })
  expect(await recall(root, { commit })).toEqual(issued)
  expect(await root('listRecalls', { project })).toMatchObject({ items: [issued.recall], nextCursor: null })
  expect(await root('showRecall', { project, recallId: issued.recall!.id })).toEqual(issued)
  const events = async (type: string) => (await root('listAuditEvents', { type })).items
  expect(await events('recall.issued')).toHaveLength(1)
  expect(await events('model-version.recalled')).toHaveLength(1)
})

test('a recall while a promotion awaits approval is found in the transaction that would import', async () => {
  const { root } = both.production
  const ben = await both.production.as('ben', 'approver')
  const { bundle } = await stageAndExport(both.dev.root, first)
  const waiting = await ask(bundle.uri)
  expect(waiting.state).toBe('awaiting_approval')
  const { reach } = await recall(root, { artifact: sha256(first.evaluation) })
  expect(reach.promotions).toMatchObject([{ id: waiting.id, state: 'awaiting_approval' }])
  expect(await approve(ben, waiting.id)).toMatchObject({
    state: 'refused',
    version: null,
    refusal: { code: 'version_recalled' },
  })
  const refusals = (await root('listAuditEvents', { type: 'promotion.refused' })).items
  expect(refusals).toMatchObject([{ outcome: 'refused', after: { code: 'version_recalled' } }])
  expect(await root('checkWorkspace', {})).toMatchObject({ consistent: true })
})

test('production finds imported versions and bundles to come by the lineage that travelled', async () => {
  const { root } = both.production
  const ben = await both.production.as('ben', 'approver')
  const one = await stageAndExport(both.dev.root, first, { a: 1 })
  const { id } = await ask(one.bundle.uri)
  expect(await approve(ben, id)).toMatchObject({ state: 'completed' })
  const metrics = sha256(Buffer.from(JSON.stringify(first.metrics)))
  expect((await recall(root, { artifact: metrics })).reach).toMatchObject({
    versions: [{ number: 1, stage: 'production', source: { workspace: 'enterprise-dev-staging' } }],
    holders: [{ stage: 'production', number: 1 }],
    bundles: [{ digest: one.bundle.digest }],
  })
  expect((await root('showModel', { project, model })).stages.production).toBe(1)
  const two = await stageAndExport(both.dev.root, second, { a: 2 })
  await recall(root, { commit: 'a'.repeat(40) })
  expect(await ask(two.bundle.uri)).toMatchObject({ state: 'refused', refusal: { code: 'version_recalled' } })
})

test('what is not here yet can be recalled, and only whole digests and commits are taken', async () => {
  const { root } = both.production
  const { bundle } = await stageAndExport(both.dev.root, first)
  expect(await recall(root, { artifact: sha256(first.onnx) })).toMatchObject({ reach: { counts: { versions: 0 } } })
  expect(await ask(bundle.uri)).toMatchObject({ state: 'refused', refusal: { code: 'version_recalled' } })
  await expect(recall(root, { commit: 'abc123' })).rejects.toMatchObject({ code: 'request_invalid' })
  await expect(recall(root, { model, number: 9 })).rejects.toMatchObject({ code: 'model_not_found' })
  const sam = await both.production.as('sam', 'data-scientist')
  await expect(recall(sam, { commit: 'b'.repeat(40) })).rejects.toMatchObject({ code: 'forbidden' })
})
