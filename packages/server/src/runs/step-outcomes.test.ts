import { rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { SnapshotSpec, SnapshotStep } from '@airlock-ml/contract'
import { expect, test } from 'vitest'
import { sharedWorkspaces } from '../../test/shared-workspaces.ts'
import { project, trainingSpec, upload } from '../../test/two-workspaces.ts'

let now = new Date('2026-01-01T00:00:00Z')
const { dev } = sharedWorkspaces({ now: () => now })

const single = (name: string, rest: Partial<SnapshotStep> = {}): SnapshotStep => ({
  name,
  inputs: {},
  outputs: { x: { type: 'json' } },
  parameters: {},
  ...rest,
})
const reading = (step: string): Partial<SnapshotStep> => ({ inputs: { x: { from: 'step', step, output: 'x' } } })
const specOf = (...steps: SnapshotStep[]): SnapshotSpec => ({
  ...trainingSpec(),
  pipeline: 'outcomes',
  steps,
  model: null,
})

async function start(spec: SnapshotSpec, more: { retryOf?: string; executor?: { host: string; pid: number } } = {}) {
  const snapshot = await dev.root('createSnapshot', { project, body: spec })
  const { run, lease } = await dev.root('startRun', { project, body: { snapshotId: snapshot.id, ...more } })
  return { run: { project, runId: run.id }, leaseToken: lease.token }
}
type Started = Awaited<ReturnType<typeof start>>

async function complete({ run, leaseToken }: Started, step: string, value: unknown) {
  await dev.root('startStep', { ...run, step, body: { leaseToken } })
  const digest = await upload(dev.root, Buffer.from(JSON.stringify(value)))
  return dev.root('completeStep', { ...run, step, body: { leaseToken, outputs: { x: { type: 'json', digest } } } })
}

const fail = ({ run, leaseToken }: Started) =>
  dev.root('failRun', { ...run, body: { leaseToken, error: { step: null, message: 'boom' } } })

test.each<[string, Partial<SnapshotStep>]>([
  ['b waits for c, which is no earlier step.', { after: ['c'] }],
  ['b waits for b, which is no earlier step.', { after: ['b'] }],
  ['b waits for c, which is no earlier step.', { when: { step: 'c', output: 'x' } }],
  ['b asks a.y, which is no JSON output.', { when: { step: 'a', output: 'y' } }],
  ['b reads b.x as x, which no earlier step makes.', reading('b')],
  [
    'b reads c.x as all, which no earlier step makes.',
    { inputs: { all: { from: 'list', items: [{ from: 'step', step: 'c', output: 'x' }] } } },
  ],
])('a snapshot with a cycle or a dangling end is refused: %s', async (message, rest) => {
  const spec = specOf(single('a'), single('b', rest), single('c'))
  await expect(dev.root('createSnapshot', { project, body: spec })).rejects.toMatchObject({
    code: 'snapshot_invalid',
    message,
  })
})

test('only a step with a condition is skipped, and what depends on one that was', async () => {
  const spec = specOf(single('a'), single('b', { when: { step: 'a', output: 'x' } }), single('c', reading('b')))
  const held = await start(spec)
  const { run, leaseToken } = held
  const skip = (step: string) => dev.root('skipStep', { ...run, step, body: { leaseToken, reason: 'no' } })
  await expect(skip('a')).rejects.toMatchObject({ code: 'step_conflict' })
  await complete(held, 'a', false)
  await expect(skip('c')).rejects.toMatchObject({ code: 'step_conflict' })
  await skip('b')
  await expect(skip('b')).rejects.toMatchObject({ code: 'step_conflict', message: expect.stringContaining('already') })
  await skip('c')
  expect(await dev.root('completeRun', { ...run, body: { leaseToken } })).toMatchObject({
    status: 'completed',
    steps: [{ status: 'completed' }, { status: 'skipped', skipReason: 'no' }, { status: 'skipped' }],
  })
})

test('a run whose training was skipped completes and registers nothing', async () => {
  const spec = trainingSpec()
  const train = { ...spec.steps[0]!, when: { step: 'decide', output: 'x' } }
  const held = await start({ ...spec, steps: [single('decide'), train] })
  const { run, leaseToken } = held
  await complete(held, 'decide', false)
  await dev.root('skipStep', { ...run, step: 'train', body: { leaseToken, reason: 'no drift' } })
  expect(await dev.root('completeRun', { ...run, body: { leaseToken } })).toMatchObject({
    status: 'completed',
    model: { number: null },
  })
})

test('a retry takes over what was made of the same bytes and is still there', async () => {
  const spec = specOf(single('a'), single('b', reading('a')), single('c', reading('b')))
  const first = await start(spec)
  await complete(first, 'a', 'made first')
  await complete(first, 'b', 'made of it')
  await expect(start(spec, { retryOf: first.run.runId })).rejects.toMatchObject({ code: 'run_not_retryable' })
  await fail(first)
  await expect(start(specOf(single('a')), { retryOf: first.run.runId })).rejects.toMatchObject({
    code: 'run_not_retryable',
  })
  const second = await start(spec, { retryOf: first.run.runId })
  const reuse = (held: Started, step: string) =>
    dev.root('reuseStep', { ...held.run, step, body: { leaseToken: held.leaseToken } })
  await expect(reuse(second, 'c')).rejects.toMatchObject({ code: 'step_not_reusable' })
  expect(await reuse(second, 'a')).toMatchObject({ fromRunId: first.run.runId })
  await fail(second)
  const third = await start(spec, { retryOf: second.run.runId })
  expect(await reuse(third, 'a')).toMatchObject({ fromRunId: first.run.runId })
  await expect(reuse(await start(spec), 'a')).rejects.toMatchObject({ code: 'step_not_reusable' })
  const other = await start(spec, { retryOf: first.run.runId })
  await complete(other, 'a', 'made anew')
  await expect(reuse(other, 'b')).rejects.toMatchObject({ message: expect.stringContaining('read other bytes as x') })
  const { outputs } = (await dev.root('showRun', first.run)).steps[0]!
  await rm(join(dev.dir, 'artifacts/blobs', outputs.x!.digest.slice(0, 2), outputs.x!.digest))
  const late = await start(spec, { retryOf: first.run.runId })
  await expect(reuse(late, 'a')).rejects.toMatchObject({
    code: 'step_not_reusable',
    message: expect.stringContaining('is gone from the artifact store'),
  })
})

const cancel = ({ run }: Started, reason?: string) =>
  dev.root('cancelRun', { ...run, body: reason === undefined ? {} : { reason } })
const alive = { host: hostname(), pid: process.pid }

test('a run that lives hears of its cancellation, begins nothing more and cannot complete', async () => {
  const held = await start(specOf(single('a'), single('b')), { executor: alive })
  const { run, leaseToken } = held
  await complete(held, 'a', 1)
  await complete(held, 'b', 1)
  expect(await cancel(held, 'wrong data')).toMatchObject({ status: 'running', cancelRequest: { reason: 'wrong data' } })
  expect((await dev.root('heartbeatRun', { ...run, body: { leaseToken } })).cancelRequest).toMatchObject({
    reason: 'wrong data',
  })
  for (const refused of [
    dev.root('startStep', { ...run, step: 'b', body: { leaseToken } }),
    dev.root('completeRun', { ...run, body: { leaseToken } }),
  ])
    await expect(refused).rejects.toMatchObject({ code: 'run_cancel_requested', details: { reason: 'wrong data' } })
  await cancel(held, 'asked again')
  const error = { step: null, message: 'cancelled' }
  const ended = await dev.root('failRun', { ...run, body: { leaseToken, status: 'cancelled', error } })
  expect(ended).toMatchObject({ status: 'cancelled', cancelRequest: { reason: 'wrong data' } })
  await expect(cancel(held)).rejects.toMatchObject({ code: 'run_not_running' })
})

test('a run whose process is gone is cancelled at once, and one that dies after it was asked is cancelled, too', async () => {
  const dead = await start(specOf(single('a')), { executor: { host: hostname(), pid: 2 ** 22 + 1 } })
  const asked = await start(specOf(single('a')))
  await dev.root('startStep', { ...asked.run, step: 'a', body: { leaseToken: asked.leaseToken } })
  expect((await cancel(asked)).status).toBe('running')
  now = new Date(now.getTime() + 61_000)
  expect(await dev.root('showRun', asked.run)).toMatchObject({ status: 'cancelled', steps: [{ status: 'cancelled' }] })
  // Its death was seen by the look at the other run.
  expect(await dev.root('showRun', dead.run)).toMatchObject({ status: 'lost' })
  const alone = await start(specOf(single('a')), { executor: { host: hostname(), pid: 2 ** 22 + 1 } })
  expect(await cancel(alone)).toMatchObject({
    status: 'cancelled',
    error: { message: expect.stringMatching(/^cancelled by/) },
  })
})

test('a clock that is set back takes no run for lost, and ends no step before the run goes on', async () => {
  const held = await start(specOf(single('a')))
  const { run, leaseToken } = held
  now = new Date(now.getTime() - 3_600_000)
  await complete(held, 'a', 1)
  expect((await dev.root('showRun', run)).status).toBe('running')
  expect((await dev.root('completeRun', { ...run, body: { leaseToken } })).status).toBe('completed')
  now = new Date(now.getTime() + 3_600_000)
})
