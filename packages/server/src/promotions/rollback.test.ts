import type { StageChange } from '@airlock-ml/contract'
import { expect, test } from 'vitest'
import { sharedWorkspaces } from '../../test/shared-workspaces.ts'
import { trainModel } from '../../test/trained-model.ts'
import { model, project, runTraining } from '../../test/two-workspaces.ts'
import { holdersInOrder } from './rollback.ts'

const both = sharedWorkspaces()

const back = (body: { toNumber?: number; dryRun?: boolean } = {}) =>
  both.dev.root('rollbackModel', { project, model, body: { stage: 'staging', reason: 'It drifts.', ...body } })

const stages = async () =>
  (await both.dev.root('listModelVersions', { project, model })).items.map(({ number, stage }) => `${number} ${stage}`)

test('there is nothing to roll back to before a second version held the stage', async () => {
  const trained = await trainModel({ seed: 1 })
  for (const number of [1, 2, 3]) await runTraining(both.dev.root, trained, { number })
  await expect(back()).rejects.toMatchObject({ code: 'stage_empty' })
  await both.dev.root('promoteModelVersion', { project, model, body: { stage: 'staging', number: 1 } })
  await expect(back()).rejects.toMatchObject({ code: 'rollback_no_history' })
})

test('a rollback goes to the version that really held the stage, not to the number before', async () => {
  await both.dev.root('promoteModelVersion', { project, model, body: { stage: 'staging', number: 3 } })
  expect(await back({ dryRun: true })).toMatchObject({
    dryRun: true,
    from: { number: 3 },
    to: { number: 1 },
    change: null,
  })
  expect(await stages()).toEqual(['3 staging', '2 none', '1 archived'])
  expect(await back()).toMatchObject({
    from: { number: 3, stage: 'archived' },
    to: { number: 1, stage: 'staging' },
    change: { act: 'rollback', reason: 'It drifts.' },
  })
  expect(await stages()).toEqual(['3 archived', '2 none', '1 staging'])
})

test('a version that never held the stage is no target', async () => {
  await expect(back({ toNumber: 2 })).rejects.toMatchObject({
    code: 'rollback_target_invalid',
    details: { held: [1, 3] },
  })
  await expect(back({ toNumber: 1 })).rejects.toMatchObject({ code: 'already_in_stage' })
  await expect(back()).rejects.toMatchObject({ code: 'rollback_no_history' })
})

test('the chain of holders forgets what a rollback undid', () => {
  const changes = (...acts: [StageChange['act'], number][]) =>
    acts.map(([act, number]) => ({ act, number }) as StageChange)
  expect(holdersInOrder(changes(['promote', 1], ['promote', 2], ['rollback', 1]))).toEqual([1])
  expect(
    holdersInOrder(changes(['promote', 1], ['promote', 2], ['promote', 3], ['rollback', 2], ['promote', 4])),
  ).toEqual([1, 2, 4])
  expect(holdersInOrder(changes(['promote', 1], ['promote', 2], ['rollback', 1], ['rollback', 2]))).toEqual([2])
})
