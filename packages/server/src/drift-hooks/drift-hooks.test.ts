import type { DriftHookCall, DriftHookEnd } from '@airlock-ml/contract'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { type Deployed, deploy, servingSpec, storeSnapshot } from '../../test/deployments.ts'
import { driftSummary } from '../../test/drifting.ts'
import { freshWorkspaces } from '../../test/shared-workspaces.ts'
import { stoppedClock } from '../../test/stopped-clock.ts'
import { type TrainedModel, trainModel } from '../../test/trained-model.ts'
import { model, project, runTraining, trainingSpec } from '../../test/two-workspaces.ts'

const hooks = { success: [], failure: [], drift: ['governance/hooks/one.ts', 'governance/hooks/two.ts'] }
const end: DriftHookEnd = { outcome: 'done', error: null, hookDigest: 'a'.repeat(64) }

let trained: TrainedModel
let digest: string

beforeAll(async () => {
  trained = await trainModel({ seed: 1, trees: 3 })
})
const clock = stoppedClock('2026-05-01T12:00:00Z')
const both = freshWorkspaces({ now: clock.now })
beforeEach(async () => {
  await runTraining(both.dev.root, trained)
  await both.dev.root('promoteModelVersion', { project, model, body: { stage: 'staging', number: 1 } })
  digest = (await both.dev.root('showModelVersion', { project, model, number: 1 })).digest
})

const id = (n: number) => `01a20da1-0000-7000-8000-${String(n).padStart(12, '0')}`
const deployed = async (spec = servingSpec({ hooks })): Promise<Deployed> =>
  await deploy(both.dev, { snapshotId: await storeSnapshot(both.dev.root, spec) })
const at = (minute: number) => new Date(Date.UTC(2026, 4, 1, 12, minute)).toISOString()
const say = ({ service, path }: Deployed, n: number, moved: number) =>
  service('reportWindow', {
    ...path,
    windowId: id(n),
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
      summary: driftSummary(moved),
    },
  })
const claim = async ({ service, path }: Deployed) => (await service('claimDriftHook', path)).call
const list = async (query: { deployment?: string; runId?: string }) =>
  (await both.dev.root('listDriftHooks', { project, ...query })).items
const states = async (query: { deployment?: string; runId?: string }) =>
  (await list(query)).map(({ hook, state }) => [hook.slice(-6), state])
const events = async (type: string) => (await both.dev.root('listAuditEvents', { type })).items

test('each hook waits once for each breach that begins, is given to one caller, and how it ended is on record', async () => {
  const api = await deployed()
  await say(api, 1, 0)
  expect(await claim(api)).toBeNull()
  for (const n of [2, 3]) await say(api, n, 0.4)
  expect(await events('deployment.drift-began')).toMatchObject([{ after: { hooks: hooks.drift } }])
  const taken = await Promise.all([claim(api), claim(api), claim(api)])
  expect(taken.map((call) => call?.hook).sort()).toEqual([...hooks.drift, undefined])
  const [one] = taken as DriftHookCall[]
  expect(one).toMatchObject({
    state: 'running',
    snapshotId: api.deployment.snapshotId,
    notice: {
      source: { kind: 'deployment', name: 'cancer-api', role: 'champion', windowId: id(2) },
      ...{ model, number: 1, digest, rows: 1_000, breachCount: 3 },
      breaches: [{ measure: 'psi', subject: 'feature', name: 'age' }, {}, {}],
    },
  })
  await api.service('endDriftHook', { ...api.path, callId: one!.id, body: end })
  // Said again, as where no answer was heard, it changes nothing.
  await api.service('endDriftHook', { ...api.path, callId: one!.id, body: end })
  const failed = { ...end, outcome: 'failed' as const, error: 'no chat' }
  const other = api.service('endDriftHook', { ...api.path, callId: one!.id, body: failed })
  await expect(other).rejects.toMatchObject({ code: 'drift_hook_not_running' })
  expect(await events('drift-hook.ended')).toMatchObject([
    { subject: { kind: 'deployment', id: api.deployment.id }, after: { hook: one!.hook, outcome: 'done' } },
  ])
  expect((await states({ deployment: 'cancer-api' })).map(([, state]) => state).sort()).toEqual(['done', 'running'])
})

test('one whose process was killed is lost after its time, and is not called again; what waits outlives a restart', async () => {
  const api = await deployed()
  await say(api, 1, 0.4)
  const first = await claim(api)
  clock.ms += 200_000
  expect(await states({ deployment: 'cancer-api' })).toEqual([
    ['two.ts', 'waiting'],
    ['one.ts', 'lost'],
  ])
  expect((await claim(api))?.hook).toBe(hooks.drift[1])
  expect(await claim(api)).toBeNull()
  // It was slow, and says so late.
  const late = { ...end, outcome: 'timed-out' as const, error: 'It did not end.' }
  expect(await api.service('endDriftHook', { ...api.path, callId: first!.id, body: late })).toMatchObject({
    state: 'timed-out',
  })
})

test('without drift hooks nothing waits, and nobody but the service takes what does', async () => {
  const plain = await deployed(servingSpec())
  await say(plain, 1, 0.4)
  expect(await claim(plain)).toBeNull()
  expect(await list({ deployment: 'cancer-api' })).toEqual([])
  await expect(both.dev.root('claimDriftHook', plain.path)).rejects.toMatchObject({ code: 'forbidden' })
})

const batchSpec = () => ({
  ...trainingSpec(),
  pipeline: 'batch-inference',
  steps: [{ name: 'predict_batch', inputs: {}, outputs: {}, parameters: {} }],
  model: { action: 'consumes' as const, name: model },
  hooks,
})

async function startBatch(retryOf?: string) {
  const snapshotId = await storeSnapshot(both.dev.root, batchSpec())
  const body = { snapshotId, version: { number: 1 }, ...(retryOf && { retryOf }) }
  const { run, lease } = await both.dev.root('startRun', { project, body })
  const held = { project, runId: run.id }
  const leased = { leaseToken: lease.token }
  return {
    id: run.id,
    report: (batchId: string, moved = 0.4) =>
      both.dev.root('reportRunDrift', {
        ...held,
        body: { ...leased, step: 'predict_batch', batchId, summary: driftSummary(moved) },
      }),
    claim: async () => (await both.dev.root('claimRunDriftHook', { ...held, body: leased })).call,
    end: (callId: string) => both.dev.root('endRunDriftHook', { ...held, callId, body: { ...leased, ...end } }),
    fail: () => both.dev.root('failRun', { ...held, body: { ...leased, error: { step: null, message: 'killed' } } }),
  }
}

test('a batch in breach is an event and calls its hooks once, whichever run goes on with it', async () => {
  const first = await startBatch()
  expect(await first.report(first.id, 0)).toMatchObject({ level: 'ok', limits: { minRows: 200 } })
  expect(await first.claim()).toBeNull()
  expect(await first.report(first.id)).toMatchObject({ level: 'breach' })
  expect(await events('run.drift-found')).toMatchObject([
    { subject: { kind: 'run', id: first.id, digest }, after: { batch: first.id, number: 1, hooks: hooks.drift } },
  ])
  const one = await first.claim()
  expect(one?.notice.source).toEqual({
    ...{ kind: 'run', id: first.id, pipeline: 'batch-inference', step: 'predict_batch' },
  })
  await first.end(one!.id)
  await first.fail()
  // The same command again: another run, the same batch.
  const again = await startBatch()
  expect(await again.report(first.id)).toMatchObject({ level: 'breach' })
  expect((await again.claim())?.hook).toBe(hooks.drift[1])
  expect(await again.claim()).toBeNull()
  expect(await events('run.drift-found')).toHaveLength(1)
  expect(await states({ runId: first.id })).toEqual([['one.ts', 'done']])
})

test('a retry takes over what its run left waiting, though the step is not run again', async () => {
  const first = await startBatch()
  await first.report(first.id)
  await first.fail()
  const retry = await startBatch(first.id)
  expect([(await retry.claim())?.hook, (await retry.claim())?.hook, await retry.claim()]).toEqual([
    ...hooks.drift,
    null,
  ])
})

test('the policy of the stage that its version holds says what is too much for a batch', async () => {
  const policy = await both.dev.root('showPolicy', { project, stage: 'staging' })
  const off = { psi: null, shift: null, out_of_range: null, min_rows: 50 }
  await both.dev.root('applyPolicy', { project, body: { ...policy.spec, monitoring: off } })
  const run = await startBatch()
  expect(await run.report(run.id)).toMatchObject({ level: 'ok', limits: { minRows: 50, psi: null } })
  await both.dev.root('applyPolicy', { project, body: { ...policy.spec, monitoring: { psi: { warn: 0, breach: 0 } } } })
  expect(await run.report(run.id)).toMatchObject({ level: 'breach', limits: { minRows: 200 } })
})
