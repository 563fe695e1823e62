import { beforeAll, beforeEach, expect, test } from 'vitest'
import { callAs } from '../../test/call.ts'
import { type Deployed, deployFirstOf, report } from '../../test/deployments.ts'
import { freshWorkspaces } from '../../test/shared-workspaces.ts'
import { stoppedClock } from '../../test/stopped-clock.ts'
import { type TrainedModel, trainModel } from '../../test/trained-model.ts'
import { model, project, toStaging } from '../../test/two-workspaces.ts'
import { createApp } from '../app.ts'
import { inProcess } from '../http/in-process.ts'
import { silentLog } from '../log.ts'
import { closeDeps, openDeps } from '../open-deps.ts'

let trained: TrainedModel[]
let deployed: Deployed

beforeAll(async () => {
  trained = [await trainModel({ seed: 1 }), await trainModel({ seed: 2 })]
})
const clock = stoppedClock('2026-05-01T12:00:00.000Z')
const both = freshWorkspaces({ now: clock.now })
beforeEach(async () => {
  deployed = await deployFirstOf(trained, both.dev)
})

const at = (seconds: number) => new Date(Date.parse('2026-05-01T12:00:00.000Z') + seconds * 1_000).toISOString()
const promote = (number: number) => toStaging(both.dev.root, number)
const say = (over: Parameters<typeof report>[0]) =>
  deployed.service('reportService', { ...deployed.path, body: report({ startedAt: at(1), ...over }) })
const shown = () => both.dev.root('showDeployment', deployed.path)
const answered = async () =>
  (await both.dev.root('listAuditEvents', { type: 'deployment.version-answers' })).items.reverse()
const swap = (from: number | null, to: number | null, seconds: number) => ({
  from,
  to,
  heardAt: at(seconds - 0.02),
  swappedAt: at(seconds),
  lastOldAnswerAt: at(seconds + 0.005),
  oldAnswersAfterHeard: 4,
})

test('what a service says last is shown, and the revision of now is its answer', async () => {
  expect((await shown()).state).toBe('never-seen')
  const { revision } = await deployed.service('showDeploymentTarget', deployed.path)
  expect(await say({ number: 1 })).toEqual({ revision })
  expect(await shown()).toMatchObject({ state: 'serving', reportedAt: at(0), report: { number: 1, pid: 7 } })
  await say({ number: 1, fault: 'The log is full.' })
  expect((await shown()).state).toBe('at-fault')
  await say({ number: null })
  expect((await shown()).state).toBe('at-fault')
  await say({ number: 1 })
  clock.ms = Date.parse(at(31))
  expect((await shown()).state).toBe('silent')
  await say({ number: 1, stopping: true })
  expect((await both.dev.root('listDeployments', { project })).items).toMatchObject([{ state: 'stopped' }])
})

test('reports are no events; that another version answers is one, with the time since the change of the stage', async () => {
  for (let i = 0; i < 3; i++) await say({ number: 1 })
  clock.ms = Date.parse(at(60))
  await promote(2)
  const swapped = { number: 2, digest: 'e'.repeat(64), lastSwap: swap(1, 2, 60.2) }
  for (let i = 0; i < 3; i++) await say(swapped)
  const events = await answered()
  expect(events).toHaveLength(2)
  expect(events[0]).toMatchObject({ before: { number: null }, after: { number: 1, swap: null } })
  expect(events[1]).toMatchObject({
    actor: { name: deployed.deployment.serviceAccount, kind: 'service-account' },
    subject: { kind: 'deployment', id: deployed.deployment.id, digest: 'e'.repeat(64) },
    before: { number: 1 },
    after: {
      number: 2,
      swap: { oldAnswersAfterHeard: 4 },
      cause: { act: 'promote', at: at(60) },
      commitToLastOldAnswerMs: 205,
    },
  })
})

test('processes of one service that swap one after the other make one event', async () => {
  await say({ number: 1 })
  await promote(2)
  await say({ number: 2, lastSwap: swap(1, 2, 60) })
  await say({ number: 1, pid: 8 })
  await say({ number: null, pid: 9, startedAt: at(61) })
  await say({ number: 2, pid: 8, lastSwap: swap(1, 2, 60.4) })
  expect((await answered()).map(({ after }) => (after as { number: number }).number)).toEqual([1, 2])
})

test('a recall is followed to the last answer of what was recalled', async () => {
  await say({ number: 1 })
  clock.ms = Date.parse(at(90))
  await both.dev.root('recall', { project, body: { target: { model, number: 1 }, reason: 'Labels swapped.' } })
  await say({ number: null, digest: null, lastSwap: swap(1, null, 90.1) })
  expect((await answered()).at(-1)).toMatchObject({
    before: { number: 1 },
    after: { number: null, cause: { act: 'recall', at: at(90) }, commitToLastOldAnswerMs: 105 },
  })
})

test('a report wakes no worker, as what changes something does', async () => {
  const deps = await openDeps({ dir: both.dev.dir, exchange: both.exchange, now: clock.now })
  let woken = 0
  const app = inProcess(createApp(deps, { log: silentLog, onChange: () => woken++ }))
  await callAs(app, deployed.secret)('reportService', { ...deployed.path, body: report() })
  expect(woken).toBe(0)
  const root = callAs(app, await both.dev.keyOf('root'))
  await root('createDeploymentKey', { ...deployed.path, body: { name: 'web' } })
  expect(woken).toBe(1)
  await closeDeps(deps)
})

test('a report that is out of form, or whose address is no web address, is refused', async () => {
  const wrong = [
    { url: 'javascript:alert(1)' },
    { url: `https://x.example/${'a'.repeat(300)}` },
    { pid: -1 },
    { number: 0 },
    { startedAt: 'yesterday' },
    { fault: 'x'.repeat(2_001) },
  ]
  for (const each of wrong) await expect(say(each)).rejects.toMatchObject({ code: 'request_invalid' })
})
