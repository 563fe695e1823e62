import type { DeploymentTarget } from '@airlock-ml/contract'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { callAs } from '../../test/call.ts'
import { type Deployed, deploy, storeSnapshot } from '../../test/deployments.ts'
import { promotionDesk } from '../../test/promotion-desk.ts'
import { freshWorkspaces } from '../../test/shared-workspaces.ts'
import { type TrainedModel, trainModel } from '../../test/trained-model.ts'
import { model, project, runTraining, stageAndExport } from '../../test/two-workspaces.ts'
import { openWorkspace, serveWorkspace } from '../index.ts'
import { silentLog } from '../log.ts'

/** Less than the second after which the log is looked at anyway. */
const AT_ONCE_MS = 900

const both = freshWorkspaces()
let deployed: Deployed
let trained: TrainedModel[]

beforeAll(async () => {
  trained = [await trainModel({ seed: 1 }), await trainModel({ seed: 2 })]
})
beforeEach(async () => {
  for (const each of trained) await runTraining(both.dev.root, each)
  await promote(1)
  deployed = await deploy(both.dev)
})

const promote = (number: number, by = both.dev.root) =>
  by('promoteModelVersion', { project, model, body: { stage: 'staging', number } })
const rollback = () =>
  both.dev.root('rollbackModel', { project, model, body: { stage: 'staging', reason: 'It is slow.' } })
const recallVersion = (number: number) =>
  both.dev.root('recall', { project, body: { target: { model, number }, reason: 'Labels swapped.' } })
const target = (extra: { known?: string; waitMs?: number } = {}, { service, path } = deployed) =>
  service('showDeploymentTarget', { ...path, ...extra })

/** The target that a wait for another one answers with while `act` is done, and how long after the act. */
async function afterAct(act: () => Promise<unknown>): Promise<DeploymentTarget> {
  const { revision: known } = await target()
  const waiting = target({ known, waitMs: 20_000 })
  await act()
  const actedAtMs = performance.now()
  const next = await waiting
  expect(performance.now() - actedAtMs).toBeLessThan(AT_ONCE_MS)
  expect(next.revision).not.toBe(known)
  expect(await target()).toEqual(next)
  return next
}

test('whatever changes what a service has to do gives another revision, and wakes it at once', async () => {
  const { root } = both.dev
  const { path } = deployed
  expect((await target()).champion).toMatchObject({ number: 1, sourceNumber: 1 })
  expect((await afterAct(() => promote(2))).champion).toMatchObject({
    number: 2,
    sourceWorkspace: 'enterprise-dev-staging',
  })
  expect((await afterAct(rollback)).champion?.number).toBe(1)
  const change = (body: object) => () => root('updateDeployment', { ...path, body })
  expect((await afterAct(change({ settings: { port: 8_123 } }))).settings.port).toBe(8_123)
  const snapshotId = await storeSnapshot(root)
  await change({ snapshotId })()
  const made = await root('createDeploymentKey', { ...path, body: { name: 'first' } })
  const keyed = await afterAct(() => root('createDeploymentKey', { ...path, body: { name: 'web' } }))
  expect(keyed.keys.map(({ name }) => name)).toEqual(['first', 'web'])
  const left = await afterAct(() => root('revokeDeploymentKey', { ...path, keyId: made.key.id }))
  expect(left.keys.map(({ name }) => name)).toEqual(['web'])
})

test('a recalled holder answers nobody until the recall is lifted, or the owners say that it goes on', async () => {
  const ann = await both.dev.as('ann', 'approver')
  const stopped = await afterAct(() => recallVersion(1))
  expect(stopped).toMatchObject({
    champion: null,
    isRecalled: true,
    whyNobody: expect.stringMatching(/classifier 1, .* recalled by root/),
  })
  const goOn = (onRecall: 'stop' | 'go-on') => () =>
    both.dev.root('updateDeployment', { ...deployed.path, body: { settings: { onRecall } } })
  expect(await afterAct(goOn('go-on'))).toMatchObject({ champion: { number: 1 }, whyNobody: null, isRecalled: false })
  expect((await afterAct(goOn('stop'))).champion).toBeNull()
  const { items } = await ann('listRecalls', { project })
  const lifted = await afterAct(() =>
    ann('liftRecall', { project, recallId: items[0]!.id, body: { reason: 'They were right.' } }),
  )
  expect(lifted.champion).toMatchObject({ number: 1 })
})

test('a stage that nobody holds is said to be empty', async () => {
  const { service, path } = await deploy(both.dev, { name: 'early', stage: 'production' })
  expect(await service('showDeploymentTarget', path)).toMatchObject({
    ...{ champion: null, isRecalled: false, whyNobody: `No version of ${model} holds production.` },
  })
})

test('a service is given the model, and none of the data that it was trained and judged on', async () => {
  const { champion } = await target()
  expect(Object.keys(champion!.artifacts)).toEqual(['model'])
  expect(champion!.artifacts.model?.digest).toBe(champion!.digest)
})

test('the key of hashed inputs stays the same for a deployment, and is another for each', async () => {
  const other = await deploy(both.dev, { name: 'other-api' })
  const keys = [await target(), await target(), await target({}, other)].map(({ inputsKey }) => inputsKey)
  expect(Buffer.from(keys[0]!, 'base64')).toHaveLength(32)
  expect(keys[1]).toBe(keys[0])
  expect(keys[2]).not.toBe(keys[0])
})

test('nothing changed: the wait ends after its time with the same revision', async () => {
  const { revision } = await target()
  const startedAtMs = performance.now()
  expect((await target({ known: revision, waitMs: 60 })).revision).toBe(revision)
  expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(55)
  expect((await target({ known: '0'.repeat(64), waitMs: 20_000 })).revision).toBe(revision)
})

test('no change is missed, however close it is to the beginning of the wait', async () => {
  let { revision } = await target()
  for (let port = 1; port <= 25; port++) {
    const change = both.dev.root('updateDeployment', { ...deployed.path, body: { settings: { port } } })
    const startedAtMs = performance.now()
    const next = await target({ known: revision, waitMs: 20_000 })
    expect(next.settings.port).toBe(port)
    expect(performance.now() - startedAtMs).toBeLessThan(AT_ONCE_MS)
    await change
    revision = next.revision
  }
})

test('what another process changes is seen within seconds', async () => {
  const { revision } = await target()
  const waiting = target({ known: revision, waitMs: 20_000 })
  const elsewhere = await openWorkspace({ dir: both.dev.dir, exchange: both.exchange })
  await promote(2, callAs(elsewhere.fetch, await both.dev.keyOf('root')))
  await elsewhere.close()
  expect((await waiting).champion?.number).toBe(2)
})

test('five hundred services that wait are all told of one promotion, and none of what does not concern them', async () => {
  const { revision: known } = await target()
  const waiting = Array.from({ length: 500 }, () => target({ known, waitMs: 20_000 }))
  let told = 0
  for (const each of waiting) each.then(() => told++)
  await runTraining(both.dev.root, trained[0]!)
  await deploy(both.dev, { name: 'other-api' })
  expect(told).toBe(0)
  await promote(2)
  const revisions = new Set(
    (await Promise.all(waiting)).map(({ revision, champion }) => [revision, champion?.number].join()),
  )
  expect([...revisions]).toEqual([`${(await target()).revision},2`])
})

test('whose deployment is deleted while it waits is told so at once; whose key died hears nothing more', async () => {
  const other = await deploy(both.dev, { name: 'other-api' })
  const [own, others] = [await target(), await target({}, other)]
  const gone = target({ known: own.revision, waitMs: 20_000 })
  const barred = target({ known: others.revision, waitMs: 20_000 }, other)
  const outcomes = Promise.allSettled([gone, barred])
  await new Promise((resolve) => setTimeout(resolve, 50))
  await both.dev.root('disableIdentity', { name: other.deployment.serviceAccount })
  await both.dev.root('deleteDeployment', deployed.path)
  await promote(2)
  expect(await outcomes).toMatchObject([
    { reason: { code: expect.stringMatching(/deployment_not_found|unauthenticated/) } },
    { reason: { code: 'unauthenticated' } },
  ])
})

test('a server that stops lets those who wait go, at once', async () => {
  await both.dev.workspace.close()
  const served = await serveWorkspace({ dir: both.dev.dir, exchange: both.exchange, log: silentLog })
  const over: typeof fetch = (input, init) => fetch(String(input).replace('http://workspace', served.url), init)
  const service = callAs(over, deployed.secret)
  const { revision } = await service('showDeploymentTarget', deployed.path)
  const waiting = service('showDeploymentTarget', { ...deployed.path, known: revision, waitMs: 25_000 })
  await new Promise((resolve) => setTimeout(resolve, 100))
  const startedAtMs = performance.now()
  await served.close()
  expect((await waiting).revision).toBe(revision)
  expect(performance.now() - startedAtMs).toBeLessThan(4_000)
  both.dev.workspace = await openWorkspace({ dir: both.dev.dir, exchange: both.exchange })
})

test('an import from another workspace reaches a service that waits', async () => {
  const { importBundle } = await promotionDesk(both)
  const first = await stageAndExport(both.dev.root, trained[0]!)
  await importBundle(first.bundle.uri)
  await both.production.root('putStack', {
    project,
    stack: 'test-stack',
    body: { components: [{ type: 'orchestrator', flavor: 'local' }] },
  })
  const { service, path } = await deploy(both.production, { stage: 'production' })
  const before = await service('showDeploymentTarget', path)
  const waiting = service('showDeploymentTarget', { ...path, known: before.revision, waitMs: 20_000 })
  const second = await stageAndExport(both.dev.root, trained[1]!)
  await importBundle(second.bundle.uri)
  expect((await waiting).champion).toMatchObject({
    number: 2,
    sourceWorkspace: 'enterprise-dev-staging',
    sourceNumber: second.number,
  })
})
