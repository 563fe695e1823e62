import type { Api, RouteInput } from '@airlock-ml/contract'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { done } from '../../test/call.ts'
import { type Deployed, deploy, deployFirstOf } from '../../test/deployments.ts'
import { freshWorkspaces } from '../../test/shared-workspaces.ts'
import { stoppedClock } from '../../test/stopped-clock.ts'
import { type TrainedModel, trainModel } from '../../test/trained-model.ts'
import { model, project, runTraining, toStaging } from '../../test/two-workspaces.ts'

let trained: TrainedModel[]
let deployed: Deployed

beforeAll(async () => {
  trained = [await trainModel({ seed: 1 }), await trainModel({ seed: 2 }), await trainModel({ seed: 3, trees: 3 })]
})
const clock = stoppedClock('2026-05-01T12:00:00.000Z')
const both = freshWorkspaces({ now: clock.now })
beforeEach(async () => {
  deployed = await deployFirstOf(trained, both.dev)
  await set(ladder)
  later(10)
})

type Rollout = RouteInput<Api['updateDeployment']>['body']['rollout']
const ladder: Rollout = {
  share: 0.1,
  steps: [
    { share: 0.5, minutes: 30 },
    { share: 1, minutes: 60 },
  ],
}
const set = async (rollout: Rollout) =>
  done(await both.dev.root('updateDeployment', { ...deployed.path, body: { rollout } }))
const later = (minutes: number) => {
  clock.ms += minutes * 60_000
}
const promote = (number: number) => toStaging(both.dev.root, number)
const target = (extra: { known?: string; waitMs?: number } = {}) =>
  deployed.service('showDeploymentTarget', { ...deployed.path, ...extra })
/** The champion’s number, and that of who answers beside it with its share. */
async function whoAnswers() {
  const { champion, challenger } = await target()
  return [champion?.number, challenger && [challenger.version.number, challenger.share]]
}
const retreat = (number: number) =>
  deployed.service('retreat', { ...deployed.path, body: { number, reason: 'It answers slowly.' } })
const rollback = () =>
  both.dev.root('rollbackModel', { project, model, body: { stage: 'staging', reason: 'It is slow.' } })

test('who newly holds the stage answers by rising shares beside the holder before it, then alone', async () => {
  expect(await whoAnswers()).toEqual([1, null])
  await promote(2)
  expect(await whoAnswers()).toEqual([1, [2, 0.1]])
  later(29)
  expect(await whoAnswers()).toEqual([1, [2, 0.1]])
  const { revision: known } = await target()
  const waiting = target({ known, waitMs: 20_000 })
  await new Promise(setImmediate)
  later(1)
  expect((await waiting).challenger).toMatchObject({ version: { number: 2 }, mode: 'canary', share: 0.5 })
  later(60)
  expect(await whoAnswers()).toEqual([2, null])
})

test('a rollback takes out what is bad at once', async () => {
  await promote(2)
  await rollback()
  expect(await whoAnswers()).toEqual([1, null])
})

test('when a guard breaks the holder before answers alone, until a person sets the rollout again', async () => {
  await promote(2)
  await retreat(3)
  expect(await whoAnswers()).toEqual([1, [2, 0.1]])
  const { revision } = await retreat(2)
  expect(await target()).toMatchObject({
    revision,
    champion: { number: 1 },
    challenger: null,
    whyNoChallenger: expect.stringMatching(/2 was held back by deployment-cancer-api-.*: It answers slowly\.$/),
  })
  later(1_000)
  expect(await whoAnswers()).toEqual([1, null])
  await retreat(2)
  const { items } = await both.dev.root('listAuditEvents', { type: 'deployment.rollout-held-back' })
  expect(items).toMatchObject([{ actor: { name: deployed.deployment.serviceAccount }, after: { number: 2 } }])
  await set(ladder)
  expect(await whoAnswers()).toEqual([1, [2, 0.1]])
  await retreat(2)
  await set(null)
  expect(await whoAnswers()).toEqual([2, null])
})

test('what was held back once begins anew when it comes back to the stage', async () => {
  await promote(2)
  await retreat(2)
  later(1)
  await rollback()
  const ann = await both.dev.as('ann', 'approver')
  await ann('releaseModelVersion', { project, model, number: 2, body: { reason: 'It was the network.' } })
  later(1)
  await promote(2)
  expect(await whoAnswers()).toEqual([1, [2, 0.1]])
})

test('who was barred meanwhile answers no rest, and a recalled holder nobody', async () => {
  await promote(2)
  await both.dev.root('recall', { project, body: { target: { model, number: 1 }, reason: 'Labels swapped.' } })
  expect(await whoAnswers()).toEqual([2, null])
  await promote(3)
  await both.dev.root('recall', { project, body: { target: { model, number: 3 }, reason: 'Labels swapped.' } })
  expect(await whoAnswers()).toEqual([undefined, null])
})

test('who had not come so far, or was held back, answers no rest of the next', async () => {
  await promote(2)
  later(10)
  await promote(3)
  expect(await whoAnswers()).toEqual([1, [3, 0.1]])
  await retreat(3)
  await runTraining(both.dev.root, await trainModel({ seed: 4, trees: 2 }))
  later(500)
  await promote(4)
  expect(await whoAnswers()).toEqual([1, [4, 0.1]])
  later(90)
  expect(await whoAnswers()).toEqual([4, null])
  await promote(2)
  expect(await whoAnswers()).toEqual([4, [2, 0.1]])
})

test('one held back after the other, the last that answered everything goes on', async () => {
  for (const number of [2, 3]) {
    await promote(number)
    await retreat(number)
    expect(await whoAnswers()).toEqual([1, null])
    later(500)
  }
  await runTraining(both.dev.root, await trainModel({ seed: 4, trees: 2 }))
  await promote(4)
  expect(await whoAnswers()).toEqual([1, [4, 0.1]])
})

test('a rollout that is set leaves who answers alone as it is, and lets who is rolled out begin again', async () => {
  await set(null)
  await promote(2)
  later(1)
  await set(ladder)
  expect(await whoAnswers()).toEqual([2, null])
  later(1)
  await promote(3)
  later(45)
  await set({ ...ladder, share: 0.2 })
  expect(await whoAnswers()).toEqual([2, [3, 0.2]])
  later(30)
  expect(await whoAnswers()).toEqual([2, [3, 0.5]])
  later(60)
  expect(await whoAnswers()).toEqual([3, null])
})

test('a deployment that is newer than the change begins with the holder alone', async () => {
  await promote(2)
  later(1)
  const { service, path } = await deploy(both.dev, { name: 'newer' })
  await both.dev.root('updateDeployment', { ...path, body: { rollout: ladder } })
  expect(await service('showDeploymentTarget', path)).toMatchObject({ champion: { number: 2 }, challenger: null })
})

test('a rollout that does not rise to all is refused', async () => {
  const steps = [{ share: 0.5, minutes: 1 }]
  for (const wrong of [{ steps }, { share: 1, steps: [{ share: 1, minutes: 1 }] }, { steps: [] }])
    await expect(set(wrong)).rejects.toMatchObject({ code: 'request_invalid' })
})
