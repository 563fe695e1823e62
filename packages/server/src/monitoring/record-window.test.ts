import type { DriftBreach, monitoringRoutes, RouteInput } from '@airlock-ml/contract'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { type Deployed, deploy } from '../../test/deployments.ts'
import { driftSummary as summaryOf } from '../../test/drifting.ts'
import { freshWorkspaces } from '../../test/shared-workspaces.ts'
import { type TrainedModel, trainModel } from '../../test/trained-model.ts'
import { model, project, runTraining } from '../../test/two-workspaces.ts'

let trained: TrainedModel
const both = freshWorkspaces()
let deployed: Deployed
let digest: string

beforeAll(async () => {
  trained = await trainModel({ seed: 1, trees: 3 })
})
beforeEach(async () => {
  await runTraining(both.dev.root, trained)
  await both.dev.root('promoteModelVersion', { project, model, body: { stage: 'staging', number: 1 } })
  digest = (await both.dev.root('showModelVersion', { project, model, number: 1 })).digest
  deployed = await deploy(both.dev)
})

type Body = RouteInput<(typeof monitoringRoutes)['reportWindow']>['body']
const at = (minute: number) => new Date(Date.UTC(2026, 4, 1, 12, minute)).toISOString()
const windowId = (n: number, more = 0) => `01a20da1-0000-7000-8000-${String(n * 10 + more).padStart(12, '0')}`
/** The nth window, a minute long. */
const say = (n: number, moved: number, over: Partial<Body> = {}) =>
  deployed.service('reportWindow', {
    ...deployed.path,
    windowId: windowId(n, over.role ? 1 : 0),
    body: {
      ...{
        number: 1,
        digest,
        role: 'champion' as const,
        processes: 1,
        startedAt: at(n),
        endedAt: at(n + 1),
        refused: 0,
      },
      summary: summaryOf(moved),
      ...over,
    },
  })
const events = async (type: string) =>
  (await both.dev.root('listAuditEvents', { type })).items.map(
    ({ after }) => (after as { breaches: DriftBreach[] }).breaches,
  )
const breaches = async (open?: 'true' | 'false') =>
  (await both.dev.root('listBreaches', { ...deployed.path, ...(open && { open }) })).items

test('a window is judged by the limits of its deployment, kept once, and listed latest first', async () => {
  expect(await say(1, 0)).toMatchObject({ level: 'ok', findings: [], number: 1 })
  const second = await say(2, 0.4)
  expect(second.level).toBe('breach')
  expect(second.findings[0]).toMatchObject({ subject: 'feature', name: 'age', level: 'breach', limit: 0.2 })
  expect(await say(2, 0)).toEqual(second)
  const { items } = await both.dev.root('listWindows', deployed.path)
  expect(items.map(({ id, level }) => [id, level])).toEqual([
    [windowId(2), 'breach'],
    [windowId(1), 'ok'],
  ])
  await both.dev.root('updateDeployment', {
    ...deployed.path,
    body: { settings: { monitoring: { psi: null, shift: null, outOfRange: null } } },
  })
  expect(await say(3, 0.4)).toMatchObject({ level: 'ok' })
  expect(await say(4, 0.4, { summary: summaryOf(0.4, 100) })).toMatchObject({ level: 'too-few' })
})

test('no deployment is watched less than the policy of its stage says, and its service hears of it', async () => {
  const { path, service } = deployed
  const off = { psi: null, shift: null, outOfRange: null }
  await both.dev.root('updateDeployment', { ...path, body: { settings: { monitoring: off } } })
  expect(await say(1, 0.4)).toMatchObject({ level: 'ok' })
  const { spec } = await both.dev.root('showPolicy', { project, stage: 'staging' })
  const { revision: known } = await service('showDeploymentTarget', path)
  const heard = service('showDeploymentTarget', { ...path, known, waitMs: 10_000 })
  const monitoring = { psi: { warn: 0.1, breach: 0.3 }, shift: null }
  await both.dev.root('applyPolicy', { project, body: { ...spec, monitoring } })
  expect((await heard).settings.monitoring).toMatchObject({ ...off, psi: monitoring.psi })
  expect(await say(2, 0.4)).toMatchObject({
    level: 'breach',
    findings: expect.arrayContaining([expect.objectContaining({ limit: 0.3 })]),
  })
  // What it sets stricter itself stays so.
  const own = { psi: { warn: 0.05, breach: 0.1 } }
  await both.dev.root('updateDeployment', { ...path, body: { settings: { monitoring: own } } })
  expect((await service('showDeploymentTarget', path)).settings.monitoring).toMatchObject(own)
})

test('a breach is an event where it begins and where it ends, however long it lasts', async () => {
  await say(1, 0)
  for (const n of [2, 3, 4]) await say(n, 0.4)
  expect(await events('deployment.drift-began')).toMatchObject([
    [
      { measure: 'psi', subject: 'feature', name: 'age', windows: 1, beganAt: at(2), endedAt: null },
      { measure: 'shift' },
      { measure: 'out_of_range' },
    ],
  ])
  expect(await breaches('true')).toMatchObject([
    {},
    {},
    { measure: 'psi', windows: 3, beganAt: at(2), seenUntil: at(5) },
  ])
  // In another role nothing was seen of it at the same time: that ends nothing.
  await say(4, 0, { role: 'shadow' })
  expect(await breaches('true')).toHaveLength(3)
  await say(6, 0)
  await say(7, 0)
  expect(await breaches('true')).toEqual([])
  expect(await events('deployment.drift-ended')).toMatchObject([
    [{ measure: 'psi', windows: 3, endedAt: at(7) }, {}, {}],
  ])
  expect(await breaches('false')).toHaveLength(3)
  await say(8, 0.4)
  expect(await events('deployment.drift-began')).toHaveLength(2)
})

test('only so many windows are kept as the deployment says; breaches stay', async () => {
  await both.dev.root('updateDeployment', { ...deployed.path, body: { settings: { monitoring: { keepWindows: 2 } } } })
  await say(1, 0.4)
  for (const n of [2, 3, 4]) await say(n, 0)
  const { items } = await both.dev.root('listWindows', deployed.path)
  expect(items.map(({ id }) => id)).toEqual([windowId(4), windowId(3)])
  expect(await breaches()).toHaveLength(3)
})

test('only the service itself reports, and only of bytes that are a version', async () => {
  const { path } = deployed
  const body = { number: 1, digest, role: 'champion' as const, processes: 1, refused: 0 }
  const whole = { ...body, startedAt: at(1), endedAt: at(2), summary: summaryOf(0) }
  const wrong = both.dev.root('reportWindow', { ...path, windowId: windowId(1), body: whole })
  await expect(wrong).rejects.toMatchObject({ code: 'forbidden' })
  await expect(say(1, 0, { digest: 'd'.repeat(64) })).rejects.toMatchObject({ code: 'model_version_not_found' })
})

test('gates ask what services saw of a version, and block where nothing was seen', async () => {
  const gate = {
    ...{ name: 'no_drift', expression: 'monitoring.windows >= 1 && monitoring.breaches == 0' },
    ...{ message: 'It drifts.', remedy: 'Train again.' },
  }
  await both.dev.root('applyPolicy', { project, body: { name: 'staging', stage: 'staging', gates: [gate] } })
  await runTraining(both.dev.root, trained)
  const asked = async () => {
    const refused = await both.dev
      .root('promoteModelVersion', { project, model, body: { stage: 'staging', number: 2 } })
      .then(() => null)
      .catch((error: Error) => error.message)
    return refused
  }
  expect(await asked()).toContain('there is no evidence monitoring')
  await say(1, 0.4)
  expect(await asked()).toContain('It drifts.')
  await say(2, 0)
  expect(await asked()).toBeNull()
})
