import type { HeldStage, StageChange } from '@airlock-ml/contract'
import { expect, test } from 'vitest'
import { approvePromotion } from '../../test/decision-signing.ts'
import { sharedWorkspaces } from '../../test/shared-workspaces.ts'
import { trainModel } from '../../test/trained-model.ts'
import { model, project, stageAndExport } from '../../test/two-workspaces.ts'
import { holdersAt } from './holders-at.ts'

let clockMs = Date.parse('2026-03-01T09:00:00.000Z')
const both = sharedWorkspaces({ now: () => new Date(clockMs) })

/** The registry of production at a time of the first of March. */
const at = (time?: string) =>
  both.production.root('showHolders', { project, model, ...(time && { at: `2026-03-01T${time}Z` }) })

test('the registry of a past moment names the holder, its act, its approvals and its evidence', async () => {
  const { workspace, as } = both.production
  const alice = await as('alice', 'ml-engineer')
  const bob = await as('bob', 'approver')
  const importAt = async (time: string, seed: number) => {
    clockMs = Date.parse(`2026-03-01T${time}Z`)
    const trained = await trainModel({ seed })
    const { bundle } = await stageAndExport(both.dev.root, trained, { seed })
    const { id } = await alice('requestPromotion', { project, body: { model, bundle: { uri: bundle.uri } } })
    await workspace.advance(id)
    const { planDigest } = await alice('showPromotion', { project, promotionId: id })
    await approvePromotion(bob, { id, planDigest })
    await workspace.advance(id)
    return { bundle, id, planDigest, metrics: trained.metrics }
  }
  const first = await importAt('10:00:00.000', 1)
  await importAt('12:00:00.000', 2)
  clockMs = Date.parse('2026-03-01T15:00:00.000Z')
  await alice('rollbackModel', { project, model, body: { reason: 'It drifts.' } })

  expect(await at('11:00:00.000')).toEqual({
    model,
    at: '2026-03-01T11:00:00.000Z',
    firstChangeAt: '2026-03-01T10:00:00.000Z',
    holders: [
      {
        stage: 'production',
        change: expect.objectContaining({ act: 'import', number: 1, by: 'alice', at: '2026-03-01T10:00:00.000Z' }),
        heldUntil: '2026-03-01T12:00:00.000Z',
        metrics: first.metrics,
        policy: { name: 'production', version: 1, digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
        promotion: {
          id: first.id,
          bundle: first.bundle,
          planDigest: first.planDigest,
          requestedBy: 'alice',
          approvals: [expect.objectContaining({ by: 'bob', planDigest: first.planDigest })],
        },
      },
    ],
  })
  expect((await at('12:00:00.000')).holders).toMatchObject([
    { change: { number: 2 }, heldUntil: '2026-03-01T15:00:00.000Z' },
  ])
  expect((await at()).holders).toMatchObject([
    { change: { number: 1, act: 'rollback', reason: 'It drifts.' }, heldUntil: null, promotion: { id: first.id } },
  ])
})

test('before the first change nobody held anything, and the answer says when that was', async () => {
  expect(await at('09:59:59.999')).toMatchObject({ holders: [], firstChangeAt: '2026-03-01T10:00:00.000Z' })
})

test('with a clock that was set back the holder of now is the last, and history stays in its order', async () => {
  clockMs = Date.parse('2026-03-01T14:00:00.000Z')
  expect((await at()).holders).toMatchObject([{ change: { number: 1, act: 'rollback' }, heldUntil: null }])
  const { root } = both.dev
  clockMs = Date.parse('2026-03-01T11:00:00.000Z')
  await root('rollbackModel', { project, model, body: { stage: 'staging', reason: 'It drifts.' } })
  const { items } = await root('listStageChanges', { project, model })
  expect(items.map((change) => [change.at.slice(11, 13), change.number])).toEqual([
    ['11', 1],
    ['12', 2],
    ['10', 1],
  ])
  clockMs = Date.parse('2026-03-01T10:30:00.000Z')
  for (const moment of [undefined, '2026-03-01T16:00:00.000Z']) {
    const { holders } = await root('showHolders', { project, model, ...(moment && { at: moment }) })
    expect(holders).toMatchObject([{ stage: 'staging', change: { number: 1 }, heldUntil: null }])
  }
})

test('a version that moves on to production leaves staging empty', () => {
  const changes = [
    ['staging', 1, '10'],
    ['staging', 2, '11'],
    ['production', 2, '12'],
  ].map(([stage, number, hour]) => ({ stage, number, at: `2026-03-01T${hour}:00:00.000Z` }) as StageChange)
  const held = (hour: string) =>
    [...holdersAt(changes, `2026-03-01T${hour}:30:00.000Z`)].map(
      ([stage, { change, heldUntil }]): [HeldStage, number, string | undefined] => [
        stage,
        change.number,
        heldUntil?.slice(11, 13),
      ],
    )
  expect(held('09')).toEqual([])
  expect(held('10')).toEqual([['staging', 1, '11']])
  expect(held('11')).toEqual([['staging', 2, '12']])
  expect(held('12')).toEqual([['production', 2, undefined]])
})
