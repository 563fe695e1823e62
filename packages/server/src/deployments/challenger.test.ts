import type { Api, RouteInput } from '@airlock-ml/contract'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { done } from '../../test/call.ts'
import { type Deployed, deploy, deployFirstOf } from '../../test/deployments.ts'
import { promotionDesk } from '../../test/promotion-desk.ts'
import { freshWorkspaces } from '../../test/shared-workspaces.ts'
import { stoppedClock } from '../../test/stopped-clock.ts'
import { type TrainedModel, trainModel } from '../../test/trained-model.ts'
import { model, passing, project, runTraining, stageAndExport, toStaging } from '../../test/two-workspaces.ts'

let trained: TrainedModel[]
let deployed: Deployed

beforeAll(async () => {
  trained = [await trainModel({ seed: 1 }), await trainModel({ seed: 2 }), await trainModel({ seed: 3, trees: 3 })]
})
const clock = stoppedClock('2026-05-01T12:00:00.000Z')
const both = freshWorkspaces({ now: clock.now })
beforeEach(async () => {
  deployed = await deployFirstOf(trained, both.dev)
})

type Step = { share: number; minutes: number }
type Wanted = { number: number; mode?: 'shadow' | 'canary'; share?: number; steps?: Step[] } | null

const promote = (number: number) => toStaging(both.dev.root, number)
const challenge = async (challenger: Wanted, { path } = deployed, root = both.dev.root) =>
  done(
    await root('updateDeployment', {
      ...path,
      body: { challenger: challenger && { mode: 'canary', ...challenger }, reason: 'To see.' },
    }),
  )
const target = ({ service, path } = deployed) => service('showDeploymentTarget', path)
const applyPolicy = (over: Partial<RouteInput<Api['applyPolicy']>['body']>) =>
  both.dev.root('applyPolicy', { project, body: { name: 'staging', stage: 'staging', gates: passing, ...over } })
const refusals = async () =>
  (await both.dev.root('listAuditEvents', { type: 'request.refused', limit: 200 })).items.map(({ after }) => after)

test('a shadow and a canary are told to the service, with what let them in on record', async () => {
  await challenge({ number: 2, mode: 'shadow' })
  expect(await target()).toMatchObject({
    champion: { number: 1 },
    challenger: { version: { number: 2 }, mode: 'shadow', comparison: null },
    whyNoChallenger: null,
  })
  await challenge({ number: 2, share: 0.25 })
  expect((await target()).challenger).toMatchObject({ version: { number: 2 }, mode: 'canary', share: 0.25 })
  await challenge({ number: 2, share: 0.25 })
  await challenge(null)
  expect((await target()).challenger).toBeNull()
  const { items } = await both.dev.root('listAuditEvents', { type: 'deployment.challenger-set' })
  expect(items).toHaveLength(3)
  expect(items[1]).toMatchObject({
    subject: { kind: 'deployment', id: deployed.deployment.id },
    reason: 'To see.',
    before: { challenger: { number: 2, mode: 'shadow' } },
    after: {
      challenger: { number: 2, mode: 'canary', share: 0.25 },
      admission: { policyVersion: 1, gates: [{ name: 'accuracy', verdict: 'passed' }] },
    },
  })
})

test('the holder is no challenger of itself, and neither are its bytes under another number', async () => {
  await expect(challenge({ number: 1 })).rejects.toMatchObject({ code: 'challenger_is_champion' })
  await runTraining(both.dev.root, trained[0]!, { again: true })
  await expect(challenge({ number: 4, mode: 'shadow' })).rejects.toMatchObject({ code: 'challenger_is_champion' })
  await expect(challenge({ number: 9 })).rejects.toMatchObject({ code: 'model_version_not_found' })
})

test('what was rejected, rolled back or recalled answers beside nobody, not even unheard', async () => {
  const { root } = both.dev
  await root('rejectModelVersion', { project, model, number: 2, body: { reason: 'It leaks.' } })
  await promote(3)
  await root('rollbackModel', { project, model, body: { stage: 'staging', reason: 'It is slow.' } })
  for (const mode of ['shadow', 'canary'] as const) {
    await expect(challenge({ number: 2, mode })).rejects.toMatchObject({ code: 'version_rejected' })
    await expect(challenge({ number: 3, mode })).rejects.toMatchObject({ code: 'version_rolled_back' })
  }
  expect(await refusals()).toContainEqual({ code: 'version_rolled_back' })
})

test('a challenger that is barred afterwards is asked no more, and one that takes the stage has no more to show', async () => {
  const { root } = both.dev
  await challenge({ number: 2, mode: 'shadow' })
  await root('recall', { project, body: { target: { model, number: 2 }, reason: 'Labels swapped.' } })
  expect(await target()).toMatchObject({
    challenger: null,
    whyNoChallenger: expect.stringContaining('Labels swapped.'),
  })
  await challenge({ number: 3 })
  await promote(3)
  expect(await target()).toMatchObject({
    champion: { number: 3 },
    challenger: null,
    whyNoChallenger: expect.stringContaining('holds the stage itself'),
  })
})

test('when the holder is recalled its challenger answers nobody either', async () => {
  await challenge({ number: 2, share: 1 })
  await both.dev.root('recall', { project, body: { target: { model, number: 1 }, reason: 'Labels swapped.' } })
  const { champion, whyNobody, challenger, whyNoChallenger } = await target()
  expect([champion, challenger]).toEqual([null, null])
  expect(whyNoChallenger).toBe(whyNobody)
})

test('a canary has to pass the policy of its stage, a shadow has not', async () => {
  await applyPolicy({
    gates: [{ ...passing[0]!, expression: 'metrics.accuracy >= 0.9999', message: 'Not good enough.' }],
  })
  await expect(challenge({ number: 2 })).rejects.toMatchObject({ code: 'gates_failed' })
  expect((await challenge({ number: 2, mode: 'shadow' })).challenger).toMatchObject({ mode: 'shadow' })
  await expect(challenge({ number: 2 })).rejects.toMatchObject({ code: 'gates_failed' })
  expect(await refusals()).toContainEqual({ code: 'gates_failed' })
})

test('less of what was let in is never refused, more of it is asked for again', async () => {
  await challenge({ number: 2, share: 0.25 })
  await applyPolicy({ gates: [{ ...passing[0]!, expression: 'metrics.accuracy >= 0.9999' }] })
  await expect(challenge({ number: 2, share: 0.5 })).rejects.toMatchObject({ code: 'gates_failed' })
  expect((await challenge({ number: 2, share: 0.05 })).challenger?.share).toBe(0.05)
  expect((await challenge({ number: 2, mode: 'shadow' })).challenger?.mode).toBe('shadow')
  expect((await challenge(null)).challenger).toBeNull()
})

const minutesLater = (minutes: number) => {
  clock.ms += minutes * 60_000
}
const ladder = [
  { share: 0.25, minutes: 30 },
  { share: 1, minutes: 60 },
]

test('a canary comes to larger shares by itself, and a service that waits hears of each', async () => {
  await challenge({ number: 2, share: 0.05, steps: ladder })
  const shares = [(await target()).challenger?.share]
  for (const minutes of [30, 60]) {
    const { revision: known } = await target()
    const waiting = deployed.service('showDeploymentTarget', { ...deployed.path, known, waitMs: 20_000 })
    await new Promise(setImmediate)
    minutesLater(minutes - 0.01)
    expect((await target()).revision).toBe(known)
    minutesLater(0.01)
    shares.push((await waiting).challenger?.share)
  }
  expect(shares).toEqual([0.05, 0.25, 1])
  expect(await both.dev.root('showDeployment', deployed.path)).toMatchObject({
    challenger: { share: 0.05, steps: ladder, since: '2026-05-01T12:00:00.000Z' },
  })
})

test('steps that do not rise, and steps of a shadow, are refused', async () => {
  for (const wrong of [
    { share: 0.5, steps: ladder },
    { steps: [...ladder, { share: 0.5, minutes: 1 }] },
    { mode: 'shadow' as const, steps: ladder },
    { steps: [{ share: 1.1, minutes: 1 }] },
    { steps: [{ share: 1, minutes: 0 }] },
  ])
    await expect(challenge({ number: 2, ...wrong })).rejects.toMatchObject({ code: 'request_invalid' })
})

test('going up sooner or further than was let in is asked for again', async () => {
  await challenge({ number: 2, share: 0.05, steps: ladder })
  await applyPolicy({ gates: [{ ...passing[0]!, expression: 'metrics.accuracy >= 0.9999' }] })
  minutesLater(31)
  await expect(challenge({ number: 2, share: 0.3, steps: [{ share: 1, minutes: 60 }] })).rejects.toMatchObject({
    code: 'gates_failed',
  })
  await expect(challenge({ number: 2, share: 0.25, steps: [{ share: 1, minutes: 58 }] })).rejects.toMatchObject({
    code: 'gates_failed',
  })
  expect((await challenge({ number: 2, share: 0.25, steps: [{ share: 0.5, minutes: 90 }] })).challenger).toMatchObject({
    share: 0.25,
    since: clock.now().toISOString(),
  })
  await expect(challenge({ number: 2, share: 0.25, steps: ladder.slice(1) })).rejects.toMatchObject({
    code: 'gates_failed',
  })
})

test('a service ends its own challenger when a guard breaks, and no other', async () => {
  const retreat = (number: number, by = deployed.service) =>
    by('retreat', { ...deployed.path, body: { number, reason: 'Its answers took 2 s.' } })
  await challenge({ number: 2, share: 0.25 })
  await expect(retreat(2, both.dev.root)).rejects.toMatchObject({ code: 'forbidden' })
  expect(await retreat(3)).toEqual({ revision: (await target()).revision })
  expect((await target()).challenger).toMatchObject({ version: { number: 2 } })
  const { revision } = await retreat(2)
  expect(await target()).toMatchObject({ revision, challenger: null })
  const { items } = await both.dev.root('listAuditEvents', { type: 'deployment.challenger-set' })
  expect(items[0]).toMatchObject({
    actor: { name: deployed.deployment.serviceAccount },
    reason: 'Its answers took 2 s.',
    before: { challenger: { number: 2 } },
  })
  // Who may not read the record is told of it, too.
  const eve = await both.dev.as('eve', 'viewer')
  const takenOut = { number: 2, by: deployed.deployment.serviceAccount, reason: 'Its answers took 2 s.' }
  expect(await eve('showDeployment', deployed.path)).toMatchObject({ takenOut })
  await challenge({ number: 2 })
  expect(await eve('showDeployment', deployed.path)).toMatchObject({ takenOut: null })
  expect((await target()).challenger).toMatchObject({ version: { number: 2 }, share: 0.05 })
})

test('where people approve, only bytes that held the stage may be a canary', async () => {
  const { importBundle } = await promotionDesk(both)
  const first = await stageAndExport(both.dev.root, trained[0]!, { lap: 1 })
  await importBundle(first.bundle.uri)
  const production = await deploy(both.production, { stage: 'production' })
  const second = await stageAndExport(both.dev.root, trained[1]!, { lap: 1 })
  await importBundle(second.bundle.uri)
  const inProduction = (wanted: Wanted) => challenge(wanted, production, both.production.root)
  expect((await inProduction({ number: 1, share: 0.9 })).challenger).toMatchObject({ number: 1, share: 0.9 })
  expect((await target(production)).challenger?.version).toMatchObject({ number: 1 })
  await applyPolicy({ approvals: { required: 1 } })
  await expect(challenge({ number: 3 })).rejects.toMatchObject({ code: 'approvals_required' })
})
