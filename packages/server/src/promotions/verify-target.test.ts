import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { freshWorkspaces } from '../../test/shared-workspaces.ts'
import { type TrainedModel, trainModel } from '../../test/trained-model.ts'
import { model, project, runTraining } from '../../test/two-workspaces.ts'
import { blobKey } from '../artifacts/blobs.ts'

const both = freshWorkspaces()
let first: TrainedModel
let second: TrainedModel

beforeAll(async () => {
  first = await trainModel({ seed: 1 })
  second = await trainModel({ seed: 2 })
})

/** Version 1 held staging, version 2 holds it. */
async function twoHolders(metrics: Record<string, number> = first.metrics) {
  const { root } = both.dev
  for (const [index, trained] of [{ ...first, metrics }, second].entries()) {
    await runTraining(root, trained, { index })
    await root('promoteModelVersion', { project, model, body: { stage: 'staging', number: index + 1 } })
  }
}
const back = (how: { dryRun?: boolean; drill?: boolean } = {}) =>
  both.dev.root('rollbackModel', { project, model, body: { stage: 'staging', reason: 'It drifts.', ...how } })
const holder = async () => (await both.dev.root('showModel', { project, model })).stages.staging
const blobOf = async (role: string) => {
  const { artifacts } = await both.dev.root('showModelVersion', { project, model, number: 1 })
  return join(both.dev.dir, 'artifacts', blobKey(artifacts[role]!.digest))
}

test('a dry run verifies all of the target: artifacts, graph, and that its golden rows score as recorded', async () => {
  await twoHolders()
  const { verification, timings, change } = await back({ dryRun: true })
  expect(verification).toMatchObject({ artifacts: 3, metrics: first.metrics })
  expect(verification?.compared.sort()).toEqual(Object.keys(first.metrics).sort())
  expect(timings?.verificationMs).toBeGreaterThan(0)
  expect([timings?.commitMs, change, await holder()]).toEqual([null, null, 2])
})

test('a drill goes all the way, takes it back, and is on record with its times', async () => {
  await twoHolders()
  const { root } = both.dev
  const before = await root('listStageChanges', { project, model })
  const drilled = await back({ drill: true })
  expect(drilled).toMatchObject({ drill: true, change: null, to: { number: 1, stage: 'archived' } })
  expect(drilled.timings?.commitMs).toBeGreaterThan(0)
  expect(await holder()).toBe(2)
  expect(await root('listStageChanges', { project, model })).toEqual(before)
  expect(await root('showModelVersion', { project, model, number: 2 })).toMatchObject({ marks: [] })
  const [event] = (await root('listAuditEvents', { limit: 1 })).items
  expect(event).toMatchObject({ type: 'rollback.drilled', after: { holder: 2, target: 1, ...drilled.timings } })
  expect(await root('checkWorkspace', {})).toMatchObject({ consistent: true })
  expect(await back()).toMatchObject({ drill: false, change: { act: 'rollback', number: 1 } })
})

test('a target whose golden rows give other numbers than were recorded is refused, and nothing changes', async () => {
  await twoHolders({ ...first.metrics, accuracy: 1 })
  const refused = { code: 'rollback_target_unsound', details: { metric: 'accuracy', recorded: 1 } }
  for (const how of [{ dryRun: true }, { drill: true }, {}]) await expect(back(how)).rejects.toMatchObject(refused)
  expect(await holder()).toBe(2)
  const refusals = (await both.dev.root('listAuditEvents', { type: 'request.refused' })).items
  expect(refusals).toHaveLength(3)
})

test.each(['model', 'evaluation', 'metrics'])('a target whose %s is damaged or gone is refused', async (role) => {
  await twoHolders()
  const file = await blobOf(role)
  await rm(file)
  await expect(back()).rejects.toMatchObject({ code: 'blob_damaged' })
  await writeFile(file, 'other bytes')
  await expect(back()).rejects.toMatchObject({ code: 'blob_damaged' })
  expect(await holder()).toBe(2)
})
