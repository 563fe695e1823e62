import { beforeAll, expect, test } from 'vitest'
import type { Call } from '../../test/call.ts'
import { callAs } from '../../test/call.ts'
import { approvePromotion } from '../../test/decision-signing.ts'
import { sharedWorkspaces } from '../../test/shared-workspaces.ts'
import { type TrainedModel, trainModel } from '../../test/trained-model.ts'
import { model, project, runTraining, stageAndExport } from '../../test/two-workspaces.ts'

const both = sharedWorkspaces({ approvals: 0 })
let first: TrainedModel
let second: TrainedModel
let ann: Call
let ben: Call

beforeAll(async () => {
  first = await trainModel({ seed: 1 })
  second = await trainModel({ seed: 2 })
  ann = await both.dev.as('ann', 'ml-engineer')
  ben = await both.dev.as('ben', 'approver')
  for (const [run, trained] of [first, first, second].entries()) await runTraining(both.dev.root, trained, { run })
})

const body = { reason: 'Trained on leaked labels.' }
const reject = (by: Call, number: number) => by('rejectModelVersion', { project, model, number, body })
const release = (by: Call, number: number) =>
  by('releaseModelVersion', { project, model, number, body: { reason: 'It was another file.' } })
const promote = (number: number) => ann('promoteModelVersion', { project, model, body: { stage: 'staging', number } })
const importInto = async (uri: string) => {
  const { root, workspace } = both.production
  const { id } = await root('requestPromotion', { project, body: { model, bundle: { uri } } })
  await workspace.advance(id)
  return root('showPromotion', { project, promotionId: id })
}

test('a rejected version enters no stage and no bundle, and neither do its bytes under another number', async () => {
  expect(await reject(ann, 1)).toMatchObject({
    number: 1,
    marks: [{ mark: 'rejected', by: 'ann', reason: body.reason, recallId: null }],
  })
  await expect(promote(1)).rejects.toMatchObject({ code: 'version_rejected', details: { number: 1 } })
  await expect(promote(2)).rejects.toMatchObject({ code: 'version_rejected', details: { number: 1 } })
  for (const number of [1, 2])
    await expect(ann('exportModelVersion', { project, model, body: { number } })).rejects.toMatchObject({
      code: 'version_rejected',
    })
  const { items } = await ann('listModelVersions', { project, model })
  expect(items.map(({ number, marks }) => [number, marks.map(({ mark }) => mark)])).toEqual([
    [3, []],
    [2, []],
    [1, ['rejected']],
  ])
})

test('rejecting again changes nothing, and each decision and refusal is in the log', async () => {
  const before = await ann('showModelVersion', { project, model, number: 1 })
  expect((await reject(ben, 1)).marks).toEqual(before.marks)
  const { items } = await both.dev.root('listAuditEvents', { type: 'model-version.rejected' })
  expect(items).toMatchObject([{ actor: { name: 'ann' }, reason: body.reason, subject: { digest: before.digest } }])
  const refusals = await both.dev.root('listAuditEvents', { type: 'request.refused' })
  expect(refusals.items.map(({ after }) => after)).toContainEqual({ code: 'version_rejected' })
})

test('another person lifts a rejection: neither who rejected nor their service account', async () => {
  await both.dev.root('createServiceAccount', {
    body: { name: 'ann-ci', owner: 'ann', roles: [{ project, role: 'ml-engineer' }] },
  })
  const annCi = callAs(both.dev.workspace.fetch, await both.dev.keyOf('ann-ci'))
  for (const by of [ann, annCi]) await expect(release(by, 1)).rejects.toMatchObject({ code: 'release_by_rejecter' })
  await expect(promote(1)).rejects.toMatchObject({ code: 'version_rejected' })
  expect(await release(ben, 1)).toMatchObject({ marks: [] })
  expect(await release(ben, 1)).toMatchObject({ marks: [] })
  expect((await both.dev.root('listAuditEvents', { type: 'model-version.released' })).items).toHaveLength(1)
  expect(await promote(1)).toMatchObject({ version: { stage: 'staging' } })
})

test('what holds a stage is not rejected, under any number, and what was never barred is not released', async () => {
  await expect(reject(ben, 1)).rejects.toMatchObject({ code: 'version_in_stage', details: { stage: 'staging' } })
  await expect(reject(ben, 2)).rejects.toMatchObject({ code: 'version_in_stage', details: { number: 1 } })
  await expect(release(ben, 3)).rejects.toMatchObject({ code: 'version_not_marked' })
})

test('a viewer and a data scientist may do neither', async () => {
  for (const role of ['viewer', 'data-scientist'] as const) {
    const other = await both.dev.as(`a-${role}`, role)
    await expect(reject(other, 3)).rejects.toMatchObject({ code: 'forbidden' })
    await expect(release(other, 3)).rejects.toMatchObject({ code: 'forbidden' })
  }
})

test('what was rolled back comes back by no way until it is released by name', async () => {
  await promote(3)
  const back = (toNumber?: number) =>
    ann('rollbackModel', { project, model, body: { stage: 'staging', reason: 'Worse.', toNumber } })
  await expect(back(1)).resolves.toMatchObject({ from: { number: 3, marks: [{ mark: 'rolled-back', by: 'ann' }] } })
  await expect(promote(3)).rejects.toMatchObject({ code: 'version_rolled_back' })
  await expect(back(3)).rejects.toMatchObject({ code: 'version_rolled_back' })
  await expect(ann('exportModelVersion', { project, model, body: { number: 3 } })).rejects.toMatchObject({
    code: 'version_rolled_back',
  })
  await runTraining(both.dev.root, second, { run: 4 })
  await expect(promote(4)).rejects.toMatchObject({ code: 'version_rolled_back', details: { number: 3 } })
  expect(await release(ann, 3)).toMatchObject({ marks: [] })
  expect(await promote(4)).toMatchObject({ version: { number: 4, stage: 'staging' } })
})

test('production does not import what it rolled back, from the same bundle or the same model exported again', async () => {
  const { root } = both.production
  const one = await stageAndExport(both.dev.root, await trainModel({ seed: 5 }), { run: 5 })
  const two = await stageAndExport(both.dev.root, second, { run: 6 })
  for (const { bundle } of [one, two]) expect(await importInto(bundle.uri)).toMatchObject({ state: 'completed' })
  await root('rollbackModel', { project, model, body: { reason: 'False alarms.' } })
  const again = await stageAndExport(both.dev.root, second, { run: 7 })
  for (const { bundle } of [two, again]) {
    const refused = await importInto(bundle.uri)
    expect(refused).toMatchObject({ state: 'refused', refusal: { code: 'version_rolled_back' } })
    await expect(
      root('planPromotion', { project, body: { model, bundle: { uri: bundle.uri } } }),
    ).rejects.toMatchObject({ code: 'version_rolled_back' })
  }
  await root('releaseModelVersion', { project, model, number: 2, body: { reason: 'The sensor was at fault.' } })
  expect(await importInto(again.bundle.uri)).toMatchObject({ state: 'completed', version: { number: 3 } })
})

test('a rollback while the same model awaits approval again is found in the transaction that would import', async () => {
  const { root, workspace, as } = both.production
  const cat = await as('cat', 'approver')
  const { policy } = { policy: await root('showPolicy', { project, stage: 'production' }) }
  await root('applyPolicy', { project, body: { ...policy.spec, approvals: { required: 1 } } })
  const { bundle } = await stageAndExport(both.dev.root, second, { run: 8 })
  const waiting = await importInto(bundle.uri)
  expect(waiting.state).toBe('awaiting_approval')
  await root('rollbackModel', { project, model, body: { reason: 'Again.' } })
  await approvePromotion(cat, waiting)
  await workspace.advance(waiting.id)
  expect(await root('showPromotion', { project, promotionId: waiting.id })).toMatchObject({
    state: 'refused',
    version: null,
    refusal: { code: 'version_rolled_back' },
  })
  expect(await root('checkWorkspace', {})).toMatchObject({ consistent: true })
})
