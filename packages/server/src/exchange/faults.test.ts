import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isPlatformError } from '@airlock-ml/contract'
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { type Call, callAs } from '../../test/call.ts'
import { type Fault, faultyStore } from '../../test/faulty-store.ts'
import { freshWorkspaces } from '../../test/shared-workspaces.ts'
import { type TrainedModel, trainModel } from '../../test/trained-model.ts'
import { model, project, runTraining, sha256, type TestWorkspace } from '../../test/two-workspaces.ts'
import { createApp } from '../app.ts'
import type { Deps } from '../deps.ts'
import { inProcess } from '../http/in-process.ts'
import { silentLog } from '../log.ts'
import { openDeps } from '../open-deps.ts'
import { countWaiting } from '../outbox/store.ts'
import { workOnce } from '../worker.ts'

vi.setConfig({ testTimeout: 120_000 })

const dev = 'enterprise-dev-staging'
const production = 'enterprise-production'
let trained: TrainedModel
const both = freshWorkspaces({ approvals: 0 })
/** How far the clock of both is ahead, so that what is tried again later is tried now. */
let aheadMs: number
let opened: Deps[]
beforeAll(async () => {
  trained = await trainModel({ seed: 1, trees: 3 })
})
beforeEach(async () => {
  aheadMs = 0
  opened = []
  const keyOf = async ({ root }: TestWorkspace) => (await root('showWorkspace', {})).publicKey
  const trust = async (
    by: TestWorkspace,
    workspace: string,
    publicKey: string,
    purposes: ('bundles' | 'receipts' | 'witness')[],
  ) => by.root('addTrustedKey', { body: { workspace, publicKey, purposes } })
  await trust(both.dev, production, await keyOf(both.production), ['receipts', 'witness'])
  await trust(both.production, dev, await keyOf(both.dev), ['witness'])
})
afterEach(async () => {
  for (const { db } of opened) await db.destroy()
})

/** The same workspace again, over an exchange that faults befall. */
async function over({ dir, keyOf }: TestWorkspace, faultOf: (call: number) => Fault | null) {
  const deps = await openDeps({ dir, exchange: both.exchange, now: () => new Date(Date.now() + aheadMs) })
  deps.exchange = faultyStore(deps.exchange, faultOf)
  opened.push(deps)
  const call = callAs(inProcess(createApp(deps, { log: silentLog })), await keyOf('root'))
  return { deps, call, work: () => workOnce(deps, silentLog) }
}

/** What was refused for the exchange's sake is tried again; anything else is no answer to a fault. */
async function tried<T>(act: () => Promise<T>, ...codes: string[]): Promise<T | null> {
  try {
    return await act()
  } catch (error) {
    if (isPlatformError(error) && ['exchange_unreachable', ...codes].includes(error.code)) return null
    throw error
  }
}
const eventsOf = async (call: Call, type: string) => (await call('listAuditEvents', { type, limit: 200 })).items
const filesIn = async (...path: string[]) =>
  (await readdir(join(both.exchange, ...path))).filter((name) => name.endsWith('.json'))

test.each<[Fault, number]>([
  ['error', 1],
  ['lost answer', 2],
  ['slow', 3],
  ['cut off', 4],
  ['twice', 5],
  ['older', 6],
])('an exchange that answers with the fault "%s" now and then loses and doubles nothing', async (fault, seed) => {
  let calls = seed
  let befallen = 0
  let isSick = true
  // About one in ten, at uneven distances, so that whoever tries again gets through.
  const sometimes = () => {
    if (!isSick || (++calls * 41) % 101 > 10) return null
    befallen++
    return fault
  }
  const there = await over(both.dev, sometimes)
  const here = await over(both.production, sometimes)
  const number = (await runTraining(there.call, trained)).model!.number!
  await there.call('promoteModelVersion', { project, model, body: { stage: 'staging', number } })
  const ben = await both.dev.as('ben', 'approver')

  const isImported = async () => (await eventsOf(here.call, 'promotion.completed')).length > 0
  let recalled: string | null = null
  for (let round = 0; round < 25; round++) {
    isSick = round < 22
    aheadMs += 15 * 60_000
    if (!(await isImported())) {
      const exported = await tried(() => there.call('exportModelVersion', { project, model, body: { number } }))
      const bundle = exported?.bundle
      if (bundle)
        await tried(() => here.call('requestPromotion', { project, body: { model, bundle: { uri: bundle.uri } } }))
    } else if (round > 8 && recalled === null) {
      const target = { artifact: sha256(trained.evaluation) }
      recalled = (await there.call('recall', { project, body: { target, reason: 'Leaked.' } })).recall!.id
    } else if (round === 15 && recalled !== null)
      await ben('liftRecall', { project, recallId: recalled, body: { reason: 'It was not.' } })
    for (const each of [there, here]) await each.work()
    await tried(() => there.call('syncReceipts', { project }))
    await tried(() => here.call('syncRecalls', { project }))
  }
  expect(befallen).toBeGreaterThan(10)

  const once = async (call: Call, type: string) =>
    expect([type, (await eventsOf(call, type)).length]).toEqual([type, 1])
  for (const type of ['promotion.completed', 'recall.received', 'recall.lift-received']) await once(here.call, type)
  for (const type of ['promotion.receipt-received', 'recall.issued', 'recall.lifted']) await once(there.call, type)
  expect((await here.call('listModelVersions', { project, model })).items).toMatchObject([
    { number: 1, stage: 'production', marks: [] },
  ])
  expect((await there.call('showModelVersion', { project, model, number })).destinations).toHaveLength(1)
  for (const { call, deps } of [there, here]) {
    expect(await call('checkWorkspace', {})).toMatchObject({ consistent: true })
    expect(await countWaiting(deps.db)).toBe(0)
  }
  expect(await filesIn('recalls', dev)).toEqual(['000000000001.json', '000000000002.json'])
  for (const [witness, workspace] of [
    [dev, production],
    [production, dev],
  ] as const)
    expect(await filesIn('witness', witness, workspace)).toEqual(await filesIn('checkpoints', workspace))
  // Only what came cut off was refused, and that is said.
  const refused = (await Promise.all([there.call, here.call].map((call) => eventsOf(call, 'witness.refused')))).flat()
  if (fault !== 'cut off') expect(refused).toEqual([])
  for (const { reason } of refused) expect(reason).toContain('not signed as it must be')
})

test.each<Fault>(['error', 'lost answer'])(
  'an export that the fault "%s" befalls at any call is whole or no bundle',
  async (fault) => {
    const healthy = await over(both.dev, () => null)
    const number = (await runTraining(healthy.call, trained)).model!.number!
    await healthy.call('promoteModelVersion', { project, model, body: { stage: 'staging', number } })
    let calls = 1
    for (let isDone = false; !isDone && calls < 60; calls++) {
      const sick = await over(both.dev, (call) => (call === calls ? fault : null))
      isDone = (await tried(() => sick.call('exportModelVersion', { project, model, body: { number } }))) !== null
      if (isDone) break
      expect(await eventsOf(healthy.call, 'model-version.exported')).toEqual([])
      // What it left unsigned is an orphan from then on; else each attempt would look at those before it.
      await healthy.call('repairWorkspace', { body: {} })
    }
    expect(calls).toBeGreaterThan(5)
    expect(calls).toBeLessThan(60)
    const { bundle } = await healthy.call('exportModelVersion', { project, model, body: { number } })
    const { id } = await both.production.root('requestPromotion', {
      project,
      body: { model, bundle: { uri: bundle.uri } },
    })
    await both.production.workspace.advance(id)
    expect(await both.production.root('showPromotion', { project, promotionId: id })).toMatchObject({
      state: 'completed',
    })
  },
)

test('an import waits for an exchange that answers with errors, and is not refused for it', async () => {
  const number = (await runTraining(both.dev.root, trained)).model!.number!
  await both.dev.root('promoteModelVersion', { project, model, body: { stage: 'staging', number } })
  const { bundle } = await both.dev.root('exportModelVersion', { project, model, body: { number } })
  const { id } = await both.production.root('requestPromotion', {
    project,
    body: { model, bundle: { uri: bundle.uri } },
  })
  const show = () => both.production.root('showPromotion', { project, promotionId: id })
  let calls = 1
  for (; (await show()).state !== 'completed'; calls++) {
    const sick = await over(both.production, (call) => (call === calls ? 'error' : null))
    await sick.work()
    expect((await show()).refusal).toBeNull()
  }
  expect(calls).toBeGreaterThan(5)
  expect(await eventsOf(both.production.root, 'promotion.completed')).toHaveLength(1)
})
