import { beforeAll, expect, test } from 'vitest'
import { sharedWorkspaces } from '../../test/shared-workspaces.ts'
import { trainModel } from '../../test/trained-model.ts'
import { model, passing, project, runTraining } from '../../test/two-workspaces.ts'

const both = sharedWorkspaces()
let trained: Awaited<ReturnType<typeof trainModel>>

beforeAll(async () => {
  trained = await trainModel({ seed: 1 })
})

test('a completed training registers one version, which promotion gives the stage', async () => {
  const { root } = both.dev
  const run = await runTraining(root, trained)
  expect(run).toMatchObject({ status: 'completed', model: { action: 'trains', name: model, number: 1 } })
  const { version, change, gates } = await root('promoteModelVersion', { project, model, body: { stage: 'staging' } })
  expect(version).toMatchObject({
    number: 1,
    stage: 'staging',
    source: { workspace: 'enterprise-dev-staging', number: 1 },
  })
  expect(change).toMatchObject({ act: 'promote', previousNumber: null, policyVersion: 1 })
  expect(gates.map(({ verdict }) => verdict)).toEqual(['passed'])
})

test('the holder before is archived, and the history says who held what', async () => {
  const { root } = both.dev
  await runTraining(root, trained, { again: true })
  await root('promoteModelVersion', { project, model, body: { stage: 'staging', number: 2 } })
  const { items } = await root('listModelVersions', { project, model })
  expect(items.map(({ number, stage }) => [number, stage])).toEqual([
    [2, 'staging'],
    [1, 'archived'],
  ])
  const history = await root('listStageChanges', { project, model })
  expect(history.items.map(({ number, previousNumber }) => [number, previousNumber])).toEqual([
    [2, 1],
    [1, null],
  ])
})

test('a version that holds the stage is not promoted to it again', async () => {
  await expect(
    both.dev.root('promoteModelVersion', { project, model, body: { stage: 'staging', number: 2 } }),
  ).rejects.toMatchObject({
    code: 'already_in_stage',
  })
})

test('a stage without a policy lets nothing in', async () => {
  await expect(
    both.dev.root('promoteModelVersion', { project, model, body: { stage: 'production', number: 2 } }),
  ).rejects.toMatchObject({
    code: 'policy_missing',
  })
})

test('a failed gate refuses with its message, its remedy and what it saw, and the refusal is in the log', async () => {
  const { root } = both.dev
  const strict = [{ ...passing[0]!, expression: 'metrics.accuracy > 1.0', message: 'Too low.', remedy: 'Train on.' }]
  await root('applyPolicy', { project, body: { name: 'staging', stage: 'staging', gates: strict } })
  await expect(
    root('promoteModelVersion', { project, model, body: { stage: 'staging', number: 1 } }),
  ).rejects.toMatchObject({
    code: 'gates_failed',
    details: {
      gates: [{ message: 'Too low.', remedy: 'Train on.', values: { 'metrics.accuracy': trained.metrics.accuracy } }],
    },
  })
  const { items } = await root('listAuditEvents', { limit: 1 })
  expect(items[0]).toMatchObject({ type: 'request.refused', outcome: 'refused', after: { code: 'gates_failed' } })
})

test('a policy that asks for approvals sends in-workspace promotion to the way that has them', async () => {
  const { root } = both.dev
  await root('applyPolicy', {
    project,
    body: { name: 'staging', stage: 'staging', gates: passing, approvals: { required: 1 } },
  })
  await expect(
    root('promoteModelVersion', { project, model, body: { stage: 'staging', number: 1 } }),
  ).rejects.toMatchObject({
    code: 'approvals_required',
  })
})

test('who has no right to promote is refused, by role and by project', async () => {
  const viewer = await both.dev.as('vera', 'viewer')
  await expect(viewer('promoteModelVersion', { project, model, body: { stage: 'staging' } })).rejects.toMatchObject({
    code: 'forbidden',
    details: { rolesThatMay: ['ml-engineer', 'platform-admin'] },
  })
  await both.dev.root('createProject', { body: { name: 'other' } })
  const engineer = await both.dev.as('emil', 'ml-engineer')
  await expect(engineer('listModels', { project: 'other' })).rejects.toMatchObject({ code: 'forbidden' })
})
