import { type CallSettings, json, pipeline, type StepHookEvent, step } from '@airlock-ml/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EmbeddedWorkspace, openEmbeddedWorkspace, project } from './embedded-workspace.ts'
import { misbehave } from './isolated-steps.ts'

let workspace: EmbeddedWorkspace
beforeAll(async () => {
  workspace = await openEmbeddedWorkspace()
})
afterAll(() => workspace.close())

const make = step({
  name: 'make',
  outputs: { number: json<number>() },
  onSuccess: ({ log }) => log.info('the hook of the step'),
  run: ({ context }) => {
    context.logMetadata({ rows: 3 })
    return { number: 7 }
  },
})
const fail = step({
  name: 'fail',
  run: ({ context }) => {
    context.log.info('about to fail')
    throw new Error('no luck')
  },
})

/** A run of one call, with what its hooks were told. */
async function runOf(call: (settings: CallSettings) => unknown, settings: CallSettings) {
  const told: StepHookEvent[] = []
  const heard = (hook: CallSettings['onSuccess']) =>
    hook &&
    ((event: StepHookEvent) => {
      told.push(event)
      return hook(event)
    })
  const { onSuccess, onFailure, ...others } = settings
  const hooks = {
    ...(onSuccess && { onSuccess: heard(onSuccess)! }),
    ...(onFailure && { onFailure: heard(onFailure)! }),
  }
  const { run, events } = await workspace.run(
    pipeline({ name: 'hooked', build: () => void call({ ...others, ...hooks }) }),
  )
  return { run, step: run.steps[0]!, told, events }
}

const logsOf = async (runId: string) => {
  const { items } = await workspace.client.listLogs({ project, runId })
  return items.map(({ level, message }) => [level, message.split('\n')[0]])
}

test('a success hook hears what the step made and recorded, and is recorded with it', async () => {
  const { run, step, told } = await runOf(make, {
    onSuccess: ({ log }) => log.warn('the hook of the call'),
    onFailure: () => {},
  })
  expect(run).toMatchObject({ status: 'completed', hooks: [] })
  expect(step.hooks).toEqual([{ name: 'onSuccess', on: 'success', outcome: 'done', error: null }])
  const { number } = step.outputs
  expect(told).toMatchObject([
    {
      ...{ on: 'success', step: 'make', error: null, metadata: { rows: 3 }, run: { id: run.id } },
      outputs: { number: { type: 'json', digest: number?.digest } },
    },
  ])
  expect(await logsOf(run.id)).toEqual([['warn', 'the hook of the call']])
  const { spec } = await workspace.client.showSnapshot({ project, snapshotId: run.snapshotId! })
  expect(spec.steps[0]?.hooks).toEqual(['success', 'failure'])
})

test('a hook of the step is called where the call gives none', async () => {
  expect(await logsOf((await runOf(make, {})).run.id)).toEqual([['info', 'the hook of the step']])
})

test('a success hook that throws fails the step, is named, and the failure hook hears of it', async () => {
  const onSuccess = () => Promise.reject(new RangeError('nobody there'))
  const { run, step, told, events } = await runOf(make, { onSuccess, onFailure: () => {} })
  const message = 'The onSuccess of step "make" failed: RangeError: nobody there'
  expect(run).toMatchObject({ status: 'failed', error: { step: 'make', message } })
  expect(step).toMatchObject({ status: 'failed', error: message, outputs: {} })
  expect(step.hooks).toEqual([
    { name: 'onSuccess', on: 'success', outcome: 'failed', error: 'RangeError: nobody there' },
    { name: 'onFailure', on: 'failure', outcome: 'done', error: null },
  ])
  expect(told[1]).toMatchObject({ on: 'failure', error: message, outputs: {} })
  const hooks = events.filter((event) => event.type === 'hook')
  expect(hooks).toMatchObject([{ step: 'make', hook: { outcome: 'failed' } }, { step: 'make' }])
})

test('a failure hook is called once, after the last attempt, and one that throws hides nothing', async () => {
  const onFailure = () => {
    throw 'just text'
  }
  const { run, step, told } = await runOf(fail, { retry: { attempts: 3, delayMs: 1 }, onFailure })
  expect(run.error).toEqual({ step: 'fail', message: 'no luck' })
  const error = 'The onFailure of step "fail" threw the text "just text" instead of an Error.'
  expect(step).toMatchObject({ error: 'no luck', hooks: [{ name: 'onFailure', outcome: 'failed', error }] })
  expect(told).toMatchObject([{ error: 'no luck' }])
  expect((await logsOf(run.id)).slice(-3)).toEqual([
    ['info', 'about to fail'],
    ['error', 'Error: no luck'],
    ['error', `onFailure failed: ${error}`],
  ])
})

test('hooks of an isolated step are called in the process of the run', async () => {
  const { step } = await runOf((settings) => misbehave({ params: { how: 'throw text' }, ...settings }), {
    isolation: 'thread',
    onFailure: ({ log }) => log.info(`heard in ${process.pid}`),
  })
  expect(step.hooks).toMatchObject([{ outcome: 'done' }])
})

test('a hook that never ends holds up no cancellation, and a cancelled step has no failure hook', async () => {
  const stop = new AbortController()
  const events: string[] = []
  const waiting = pipeline({
    name: 'waiting',
    build: () =>
      void make({
        onSuccess: () => {
          stop.abort('ada')
          return new Promise<void>(() => {})
        },
        onFailure: () => void events.push('failure'),
      }),
  })
  const { run } = await workspace.run(waiting, { signal: stop.signal })
  expect(run).toMatchObject({ status: 'cancelled', steps: [{ status: 'cancelled' }] })
  expect(run.steps[0]?.hooks).toMatchObject([{ name: 'onSuccess', outcome: 'failed', error: 'cancelled by ada' }])
  expect(events).toEqual([])
})

test('what is no function is refused when the step is defined or called', () => {
  const wrong = { onFailure: 'tell me' as never }
  expect(() => step({ name: 's', ...wrong, run: () => {} })).toThrow('Step "s": its onFailure must be a function')
})
