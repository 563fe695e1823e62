import { NonRetryableError, pipeline, RetryAfterError, step, text } from '@airlock-ml/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EmbeddedWorkspace, openEmbeddedWorkspace, project, type RunOptions } from './embedded-workspace.ts'

let workspace: EmbeddedWorkspace
beforeAll(async () => {
  workspace = await openEmbeddedWorkspace()
})
afterAll(() => workspace.close())

const retry = { attempts: 3, delayMs: 10 }

/** Runs one step whose attempts do `does`, given the number of the attempt. */
async function attempts(does: (attempt: number) => unknown, settings = {}, options: RunOptions = {}) {
  let made = 0
  const flaky = step({
    name: 'flaky',
    outputs: { words: text() },
    retry,
    ...settings,
    run: async () => (await does(++made)) as { words: string },
  })
  const outcome = await workspace.run(pipeline({ name: 'flaky', build: () => void flaky() }), options)
  return { ...outcome, made, recorded: outcome.run.steps[0] }
}

test('a step that fails is tried again, and what failed before stays on record', async () => {
  const { run, made, recorded, events } = await attempts(
    (attempt) => {
      if (attempt < 3) throw new Error(`no network ${attempt}`)
      return { words: 'done' }
    },
    {},
    { random: () => 0 },
  )
  expect([run.status, made]).toEqual(['completed', 3])
  expect(recorded).toMatchObject({
    status: 'completed',
    error: null,
    earlierAttempts: [
      { error: 'no network 1', delayMs: 5 },
      { error: 'no network 2', delayMs: 10 },
    ],
  })
  expect(events.filter(({ type }) => type === 'step-retried')).toEqual([
    { type: 'step-retried', step: 'flaky', attempt: 1, delayMs: 5, message: 'no network 1' },
    { type: 'step-retried', step: 'flaky', attempt: 2, delayMs: 10, message: 'no network 2' },
  ])
  const { items: logs } = await workspace.client.listLogs({ project, runId: run.id })
  expect(logs.map(({ message }) => message)).toEqual([
    'Attempt 1 failed; the next begins in 5 ms: no network 1',
    'Attempt 2 failed; the next begins in 10 ms: no network 2',
  ])
})

test('after the last attempt the step has failed, with the error of that one', async () => {
  const { run, made, recorded } = await attempts((attempt) => Promise.reject(new Error(`no network ${attempt}`)))
  expect(made).toBe(3)
  expect(run).toMatchObject({ status: 'failed', error: { step: 'flaky', message: 'no network 3' } })
  expect(recorded?.earlierAttempts).toHaveLength(2)
})

test('what would fail again is not tried again', async () => {
  const { made, run } = await attempts(() => Promise.reject(new NonRetryableError('no rows')))
  expect(made).toBe(1)
  expect(run.error?.message).toBe('NonRetryableError: no rows')
  expect((await attempts(() => ({ words: 5 }))).made).toBe(1)
})

test('a step may say itself when it is tried again', async () => {
  const { run, recorded } = await attempts((attempt) => {
    if (attempt === 1) throw new RetryAfterError('busy', 20)
    return { words: 'done' }
  })
  expect(run.status).toBe('completed')
  expect(recorded?.earlierAttempts).toMatchObject([{ error: 'RetryAfterError: busy', delayMs: 20 }])
  expect(() => new RetryAfterError('busy', Number.NaN)).toThrow('retryAfterMs must be 0 or more, got NaN.')
})

test('a step that throws a text is tried again, and the text is said', async () => {
  const { recorded } = await attempts((attempt) => (attempt === 1 ? Promise.reject('boom') : { words: 'done' }))
  expect(recorded?.earlierAttempts).toMatchObject([
    { error: 'Step "flaky" threw the text "boom" instead of an Error.' },
  ])
})

test('a step that never returns has failed when its time is up, and each attempt has as much', async () => {
  const never = () => new Promise<never>(() => {})
  const { run, made } = await attempts(never, { timeoutMs: 30, retry: { attempts: 2, delayMs: 0 } })
  expect(made).toBe(2)
  expect(run).toMatchObject({
    status: 'failed',
    error: { message: 'Step "flaky" did not end within 30 ms, its timeoutMs.' },
  })
})

test('the signal of a step is aborted when its time is up', async () => {
  let reason: unknown
  const patient = step({
    name: 'patient',
    timeoutMs: 20,
    run: ({ context }) =>
      new Promise<never>(() => {
        context.signal.addEventListener('abort', () => {
          reason = context.signal.reason
        })
      }),
  })
  await workspace.run(pipeline({ name: 'patient', build: () => void patient() }))
  expect(String(reason)).toContain('did not end within 20 ms')
})

test('what a step did to its input in one attempt does not reach the next', async () => {
  const make = step({ name: 'make', outputs: { words: text() }, run: () => ({ words: 'a' }) })
  const seen: string[] = []
  const spoil = step({
    name: 'spoil',
    inputs: { words: text() },
    retry: { attempts: 2, delayMs: 0 },
    run: ({ inputs }) => {
      seen.push(inputs.words)
      Object.assign(inputs, { words: 'spoilt' })
      if (seen.length === 1) throw new Error('again')
    },
  })
  await workspace.run(pipeline({ name: 'spoiling', build: () => void spoil({ inputs: make() }) }))
  expect(seen).toEqual(['a', 'a'])
})

test('a run that is cancelled does not wait for the next attempt', async () => {
  const controller = new AbortController()
  const startedAt = performance.now()
  const { run, recorded } = await attempts(
    () => {
      setTimeout(() => controller.abort('SIGINT'), 30)
      throw new Error('no network')
    },
    { retry: { attempts: 2, delayMs: 60_000 } },
    { signal: controller.signal },
  )
  expect(performance.now() - startedAt).toBeLessThan(10_000)
  expect(run.status).toBe('cancelled')
  expect(recorded).toMatchObject({ status: 'cancelled', earlierAttempts: [{ error: 'no network' }] })
})
