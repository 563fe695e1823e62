import { json, model, pipeline, step, table, text } from '@airlock-ml/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EmbeddedWorkspace, openEmbeddedWorkspace, project } from './embedded-workspace.ts'

let workspace: EmbeddedWorkspace
beforeAll(async () => {
  workspace = await openEmbeddedWorkspace()
})
afterAll(() => workspace.close())

const cancel = (runId: string) => workspace.client.cancelRun({ project, runId, body: { reason: 'wrong data' } })
const cancelled = { status: 'cancelled', error: { step: null, message: 'cancelled by ada: wrong data' } }

test('a run that somebody cancels hears of it while a step runs, and records what it did not end', async () => {
  const endless = step({
    name: 'endless',
    run: async ({ context }) => {
      await cancel(context.run.id)
      await new Promise<never>(() => {})
    },
  })
  const told: string[] = []
  const hooks = {
    success: [],
    failure: [{ name: 'f.ts', run: ({ error }: { error: unknown }) => void told.push(JSON.stringify(error)) }],
  }
  const { run, version, events } = await workspace.run(pipeline({ name: 'stuck', build: () => void endless() }), {
    hooks,
  })
  expect(run).toMatchObject({ ...cancelled, cancelRequest: { by: 'ada', reason: 'wrong data' } })
  expect(run.steps).toMatchObject([{ status: 'cancelled', error: 'cancelled by ada: wrong data' }])
  expect(version).toBeNull()
  expect(told).toHaveLength(1)
  expect(events.map(({ type }) => type).slice(-3)).toEqual(['step-cancelled', 'hook', 'run-cancelled'])
})

test('no step starts after the request', async () => {
  const ask = step({ name: 'ask', run: ({ context }) => cancel(context.run.id).then(() => {}) })
  const next = step({ name: 'next', run: () => {} })
  const asking = pipeline({ name: 'asking', build: () => void next({ after: [ask()] }) })
  const { run } = await workspace.run(asking)
  expect(run).toMatchObject({ ...cancelled, steps: [{ name: 'ask', status: 'completed' }] })
})

test('a run that is cancelled in its success hook does not complete', async () => {
  const noop = step({ name: 'noop', run: () => {} })
  const hooks = {
    success: [{ name: 's.ts', run: ({ run }: { run: { id: string } }) => cancel(run.id).then(() => {}) }],
    failure: [],
  }
  const { run } = await workspace.run(pipeline({ name: 'late', build: () => void noop() }), { hooks })
  expect(run).toMatchObject({ ...cancelled, steps: [{ status: 'completed' }], hooks: [{ outcome: 'done' }] })
})

test('a run that was cancelled before it began was never started', async () => {
  const noop = step({ name: 'noop', run: () => {} })
  const signal = AbortSignal.abort(new Error('SIGINT'))
  const before = (await workspace.client.listRuns({ project })).items.length
  await expect(workspace.run(pipeline({ name: 'early', build: () => void noop() }), { signal })).rejects.toThrow(
    'SIGINT',
  )
  expect((await workspace.client.listRuns({ project })).items).toHaveLength(before)
})

test('a retry runs only what had not completed, and reads what it took over', async () => {
  const ran: string[] = []
  let isBroken = true
  const make = step({ name: 'make', outputs: { words: text() }, run: () => ({ words: 'a'.repeat(ran.push('make')) }) })
  const use = step({
    name: 'use',
    inputs: { words: text() },
    outputs: { length: json<number>() },
    run: ({ inputs }) => {
      ran.push('use')
      if (isBroken) throw new Error('no network')
      return { length: inputs.words.length }
    },
  })
  const end = step({ name: 'end', inputs: { length: json<number>() }, run: () => void ran.push('end') })
  const resuming = pipeline({ name: 'resuming', build: () => end({ inputs: use({ inputs: make() }) }) })
  const first = await workspace.run(resuming)
  isBroken = false
  const { run, events } = await workspace.run(resuming, { retryOf: first.run.id })
  expect(ran).toEqual(['make', 'use', 'use', 'end'])
  expect(run).toMatchObject({ status: 'completed', retryOf: first.run.id, snapshotId: first.run.snapshotId })
  expect(run.steps[0]).toMatchObject({ name: 'make', status: 'cached', cachedFrom: first.run.id })
  expect(events[1]).toMatchObject({ type: 'step-cached', step: 'make', fromRunId: first.run.id })
  await expect(workspace.run(resuming, { retryOf: run.id })).rejects.toMatchObject({ code: 'run_not_retryable' })
})

test('a pipeline that trains registers nothing when its training was skipped', async () => {
  const decide = step({ name: 'decide', outputs: { go: json<boolean>() }, run: () => ({ go: false }) })
  const train = step({
    name: 'train',
    outputs: { model: model(), evaluation: table(), metrics: json<object>() },
    run: () => {
      throw new Error('it ran')
    },
  })
  const drifting = pipeline({
    name: 'drifting',
    trains: { model: 'm', evaluation: { target: 't', positive: 'p' } },
    build: () => train({ when: decide().go }),
  })
  const { run, version } = await workspace.run(drifting)
  expect([run.status, version]).toEqual(['completed', null])
})
