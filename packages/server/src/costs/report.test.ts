import { expect, test } from 'vitest'
import { sharedWorkspaces } from '../../test/shared-workspaces.ts'
import { project, trainingSpec } from '../../test/two-workspaces.ts'

let now = new Date('2026-01-01T00:00:00Z')
const { dev } = sharedWorkspaces({ now: () => now })

/** A run whose one step fails after a time: what it took counts all the same. */
async function runFor(stepMs: number, labels: Record<string, string>) {
  const snapshot = await dev.root('createSnapshot', { project, body: trainingSpec() })
  const { run, lease } = await dev.root('startRun', { project, body: { snapshotId: snapshot.id, labels } })
  const held = { project, runId: run.id }
  const body = { leaseToken: lease.token }
  await dev.root('startStep', { ...held, step: 'train', body })
  now = new Date(now.getTime() + stepMs)
  await dev.root('failStep', { ...held, step: 'train', body: { ...body, error: 'no' } })
  await dev.root('failRun', { ...held, body: { ...body, error: { step: 'train', message: 'no' } } })
}

test('step time is summed by a label, the dearest first, and runs without it have a sum of their own', async () => {
  await runFor(2_000, { team: 'a' })
  await runFor(1_500, { team: 'a', other: 'x' })
  await runFor(9_000, { team: 'b' })
  now = new Date('2026-02-01T00:00:00Z')
  await runFor(250, {})
  expect(await dev.root('reportCost', { project, by: 'team' })).toEqual({
    by: 'team',
    since: null,
    until: null,
    groups: [
      { value: 'b', runs: 1, steps: 1, stepMs: 9_000 },
      { value: 'a', runs: 2, steps: 2, stepMs: 3_500 },
      { value: null, runs: 1, steps: 1, stepMs: 250 },
    ],
    total: { runs: 4, steps: 4, stepMs: 12_750 },
    labels: ['other', 'team'],
  })
  const late = await dev.root('reportCost', { project, since: '2026-01-15T00:00:00.000Z' })
  expect(late).toMatchObject({ groups: [{ value: null, runs: 1 }], total: { stepMs: 250 } })
})

test('a label that is called like a part of every object is one that nobody has', async () => {
  const report = await dev.root('reportCost', { project, by: 'constructor' })
  expect(report.groups).toMatchObject([{ value: null, runs: 4 }])
})

test('a step during which the clock was set back takes nothing from what others cost', async () => {
  const before = await dev.root('reportCost', { project, by: 'team' })
  await runFor(-3_600_000, { team: 'a' })
  const after = await dev.root('reportCost', { project, by: 'team' })
  expect(after.total.stepMs).toBe(before.total.stepMs)
  expect(after.groups.find(({ value }) => value === 'a')).toMatchObject({ runs: 3, steps: 3, stepMs: 3_500 })
})
