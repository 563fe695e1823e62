import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { promotionDesk } from '../../test/promotion-desk.ts'
import { type TrainedModel, trainModel } from '../../test/trained-model.ts'
import {
  model,
  passing,
  project,
  stageAndExport,
  type TwoWorkspaces,
  twoWorkspaces,
} from '../../test/two-workspaces.ts'

let first: TrainedModel
let both: TwoWorkspaces
let desk: Awaited<ReturnType<typeof promotionDesk>>

beforeAll(async () => {
  first = await trainModel({ seed: 1 })
})
beforeEach(async () => {
  both = await twoWorkspaces()
  desk = await promotionDesk(both)
})
afterEach(() => both.close())

const day = 24 * 60 * 60_000

async function withClock(
  policy: object,
  use: (clock: { later: (ms: number) => void; at: () => Date }) => Promise<void>,
) {
  await both.close()
  let now = new Date('2026-06-01T12:00:00Z')
  both = await twoWorkspaces({ now: () => now })
  desk = await promotionDesk(both)
  const gates = passing.map((gate) => ({ ...gate, grade: 'recomputed' as const }))
  const body = { name: 'production', stage: 'production' as const, gates, approvals: { required: 1 }, ...policy }
  await both.production.root('applyPolicy', { project, body })
  await use({ later: (ms) => (now = new Date(now.getTime() + ms)), at: () => now })
}

test('an approval that ran out does not count: the promotion waits for a fresh one, of the same person too', async () => {
  await withClock({ approvals: { required: 2, expires_after: '24h' } }, async ({ later }) => {
    const carol = await both.production.as('carol', 'approver')
    const { bundle } = await stageAndExport(both.dev.root, first)
    const { id } = await desk.request(bundle.uri)
    await both.production.workspace.advance()
    await desk.approve(desk.bob, await desk.show(id))
    later(day)
    expect(await desk.approve(carol, await desk.show(id))).toMatchObject({ state: 'awaiting_approval' })
    expect(await desk.approve(desk.bob, await desk.show(id))).toMatchObject({ state: 'approved' })
    later(2 * day)
    await both.production.workspace.advance()
    expect(await desk.show(id)).toMatchObject({ state: 'awaiting_approval', version: null })
    const { items } = await both.production.root('listAuditEvents', { type: 'promotion.approvals-lapsed' })
    expect(items).toHaveLength(1)
    for (const person of [desk.bob, carol]) await desk.approve(person, await desk.show(id))
    await both.production.workspace.advance()
    expect(await desk.show(id)).toMatchObject({ state: 'completed' })
    expect(await both.production.root('checkWorkspace', {})).toMatchObject({ consistent: true })
  })
})

test('an approver who was disabled before the import does not count', async () => {
  const { root, workspace } = both.production
  const { bundle } = await stageAndExport(both.dev.root, first)
  const { id } = await desk.request(bundle.uri)
  await workspace.advance()
  await desk.approve(desk.bob, await desk.show(id))
  await root('disableIdentity', { name: 'bob' })
  await workspace.advance()
  expect(await desk.show(id)).toMatchObject({ state: 'awaiting_approval', version: null })
})

test('a freeze that begins after the approval stops the import, with when to come back', async () => {
  const freeze = [
    { name: 'audit', timezone: 'UTC', message: 'Auditors are here.', from: '2026-06-02T00:00', to: '2026-06-05T00:00' },
  ]
  await withClock({ freeze }, async ({ later }) => {
    const { bundle } = await stageAndExport(both.dev.root, first)
    const { id } = await desk.request(bundle.uri)
    await both.production.workspace.advance()
    await desk.approve(desk.bob, await desk.show(id))
    later(day)
    await both.production.workspace.advance()
    expect(await desk.show(id)).toMatchObject({
      state: 'refused',
      refusal: { code: 'gates_failed', message: expect.stringContaining('Auditors are here.') },
    })
    later(4 * day)
    const again = await desk.request(bundle.uri)
    expect(again.id).not.toBe(id)
    await both.production.workspace.advance()
    await desk.approve(desk.bob, await desk.show(again.id))
    await both.production.workspace.advance()
    expect(await desk.show(again.id)).toMatchObject({ state: 'completed' })
  })
})

test('a version that has not soaked in staging is refused until it has', async () => {
  await withClock({ soak: '7d' }, async ({ later }) => {
    const { bundle } = await stageAndExport(both.dev.root, first)
    expect((await desk.importBundle(bundle.uri)).gates).toMatchObject([
      { verdict: 'passed' },
      { name: 'soak', verdict: 'failed' },
    ])
    later(7 * day)
    expect(await desk.importBundle(bundle.uri)).toMatchObject({ state: 'completed' })
  })
})

test('a policy can be tried on a version and on a bundle before it is applied', async () => {
  const { bundle, number } = await stageAndExport(both.dev.root, first)
  const spec = {
    name: 'trial',
    stage: 'production' as const,
    gates: [{ ...passing[0]!, expression: 'metrics.accuracy > 1.0' }],
  }
  const onBundle = await both.production.root('testPolicy', {
    project,
    body: { spec, model, subject: { uri: bundle.uri } },
  })
  expect(onBundle).toMatchObject({
    verdict: 'refused',
    gates: [{ values: { 'metrics.accuracy': first.metrics.accuracy } }],
  })
  expect(await both.dev.root('testPolicy', { project, body: { spec, model, subject: { number } } })).toMatchObject({
    verdict: 'refused',
  })
  const flawed = { ...spec, gates: [{ ...passing[0]!, expression: 'true' }] }
  await expect(
    both.dev.root('testPolicy', { project, body: { spec: flawed, model, subject: { number } } }),
  ).rejects.toMatchObject({ code: 'policy_invalid' })
  expect((await both.production.root('showPolicy', { project, stage: 'production' })).version).toBe(1)
})
