import { readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Client } from '@airlock-ml/client'
import { PlatformError } from '@airlock-ml/contract'
import { type Artifacts, type Hooks, json, model, pipeline, step, table, text } from '@airlock-ml/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type EmbeddedWorkspace, openEmbeddedWorkspace, project } from './embedded-workspace.ts'
import { training } from './training-pipeline.ts'

let workspace: EmbeddedWorkspace
beforeAll(async () => {
  workspace = await openEmbeddedWorkspace()
})
afterAll(() => workspace.close())

const noop = step({ name: 'noop', run: () => {} })
const make = step({ name: 'make', outputs: { words: text() }, run: () => ({ words: 'a' }) })
const read = step({ name: 'read', inputs: { words: text() }, run: () => {} })

/** A pipeline of one step that does what plain JavaScript allows. */
const single = (outputs: Artifacts, run: () => unknown) => {
  const faulty = step({ name: 'faulty', outputs, run: run as () => never })
  return pipeline({ name: 'single', build: () => void faulty() })
}
const fails = (run: () => unknown) => single({}, run)

test('a step that throws fails the run: running steps finish, no other starts, the failure hook runs once', async () => {
  const ran: string[] = []
  const slow = step({
    name: 'slow',
    run: async () => {
      await new Promise((resolve) => setTimeout(resolve, 100))
      ran.push('slow')
    },
  })
  const boom = step({
    name: 'boom',
    outputs: { words: text() },
    run: ({ context }) => {
      context.log.info('before')
      context.logMetadata({ rows: 1 })
      throw new RangeError('the file has no rows')
    },
  })
  const broken = pipeline({
    name: 'broken',
    build: () => {
      slow()
      read({ inputs: boom() })
      noop()
    },
  })
  const hooks: Hooks = {
    success: [{ name: 's.ts', run: () => void ran.push('success') }],
    failure: [{ name: 'f.ts', run: ({ error }) => void ran.push(`${error?.step}: ${error?.message}`) }],
  }
  const { run, version, events } = await workspace.run(broken, { concurrency: 2, hooks })
  expect(version).toBeNull()
  expect(run).toMatchObject({ status: 'failed', error: { step: 'boom', message: 'RangeError: the file has no rows' } })
  expect(ran).toEqual(['slow', 'boom: RangeError: the file has no rows'])
  expect(Object.fromEntries(run.steps.map(({ name, status }) => [name, status]))).toEqual({
    slow: 'completed',
    boom: 'failed',
  })
  expect(run.steps.find(({ name }) => name === 'boom')).toMatchObject({
    error: 'RangeError: the file has no rows',
    metadata: { rows: 1 },
  })
  expect(run.hooks).toEqual([{ name: 'f.ts', on: 'failure', outcome: 'done', error: null }])
  const { items: logs } = await workspace.client.listLogs({ project, runId: run.id, step: 'boom' })
  expect(logs.map(({ level }) => level)).toEqual(['info', 'error'])
  expect(logs[1]?.message).toContain('run-failures.test.ts')
  expect(events.at(-1)).toMatchObject({ type: 'run-failed', error: { step: 'boom' } })
})

test.each<[string, Artifacts, () => unknown]>([
  ['Step "faulty" threw the text "boom" instead of an Error.', {}, () => Promise.reject('boom')],
  ['Step "faulty" threw nothing instead of an Error.', {}, () => Promise.reject(undefined)],
  ['Step "faulty" threw Error without a message.', {}, () => Promise.reject(new Error())],
  ['Step "faulty" must return an object with words, got nothing.', { words: text() }, () => {}],
  ['Step "faulty" must return an object with words, got a list of 1.', { words: text() }, () => ['a']],
  ['Step "faulty" did not return its output "words".', { words: text() }, () => ({ words: undefined })],
  ['Step "faulty" has no output "wrods". Did you mean "words"?', { words: text() }, () => ({ wrods: 'a' })],
  ['Step "faulty" has no output "words". There are none.', {}, () => ({ words: 'a' })],
  ['Output "words" of step "faulty" must be text, got 5.', { words: text() }, () => ({ words: 5 })],
  ['Output "t" of step "faulty" must be a Table, got a list of 0.', { t: table() }, () => ({ t: [] })],
  ['Output "m" of step "faulty" must be the bytes of an ONNX model', { m: model() }, () => ({ m: 'onnx' })],
  ['Output "m" of step "faulty" is not a model that is safe to load', { m: model() }, () => ({ m: Uint8Array.of(1) })],
  [
    'must be a JSON value: "a[0].b" is NaN, which JSON cannot hold.',
    { j: json() },
    () => ({ j: { a: [{ b: Number.NaN }] } }),
  ],
  [
    'must be a JSON value: "when" is a Date, which JSON cannot hold.',
    { j: json() },
    () => ({ j: { when: new Date() } }),
  ],
  [
    'Output "j" of step "faulty" does not fit its schema: n expected number, got the text "x".',
    { j: json(z.object({ n: z.number() })) },
    () => ({ j: { n: 'x' } }),
  ],
])('what a step does wrong is said: %s', async (message, outputs, does) => {
  const { run } = await workspace.run(single(outputs, does))
  expect(run.status).toBe('failed')
  expect(run.error?.step).toBe('faulty')
  expect(run.error?.message).toContain(message)
})

test('metadata that JSON cannot hold fails the step where it was logged', async () => {
  const faulty = step({
    name: 'faulty',
    run: ({ context }) => context.logMetadata({ auc: Number.NaN }),
  })
  const { run } = await workspace.run(pipeline({ name: 'metadata', build: () => void faulty() }))
  expect(run.error?.message).toBe(
    'Metadata of step "faulty" must be a JSON object: "auc" is NaN, which JSON cannot hold.',
  )
})

test('a success hook that throws fails the run, the hooks after it do not run, and all is recorded', async () => {
  const ran: string[] = []
  const hooks: Hooks = {
    success: [
      { name: 'check.ts', run: () => Promise.reject(new Error('not labelled')) },
      { name: 'announce.ts', run: () => void ran.push('announced') },
    ],
    failure: [
      { name: 'broken.ts', run: () => Promise.reject(new Error('no network')) },
      { name: 'alert.ts', run: ({ error }) => void ran.push(String(error?.message)) },
    ],
  }
  const { run } = await workspace.run(pipeline({ name: 'fine', build: () => void noop() }), { hooks })
  const message = 'The success hook check.ts failed: not labelled'
  expect(run).toMatchObject({ status: 'failed', error: { step: null, message } })
  expect(ran).toEqual([message])
  expect(run.hooks).toEqual([
    { name: 'check.ts', on: 'success', outcome: 'failed', error: 'not labelled' },
    { name: 'broken.ts', on: 'failure', outcome: 'failed', error: 'no network' },
    { name: 'alert.ts', on: 'failure', outcome: 'done', error: null },
  ])
})

test('a cancelled run ends at once and says by whom', async () => {
  const controller = new AbortController()
  let wasTold = false
  const endless = step({
    name: 'endless',
    run: ({ context }) => {
      context.signal.addEventListener('abort', () => {
        wasTold = true
      })
      setTimeout(() => controller.abort('SIGINT'), 20)
      return new Promise<never>(() => {})
    },
  })
  const stuck = pipeline({
    name: 'stuck',
    build: () => {
      endless()
      noop()
    },
  })
  const { run } = await workspace.run(stuck, { signal: controller.signal, concurrency: 1 })
  expect(run).toMatchObject({ status: 'cancelled', error: { step: null, message: 'cancelled by SIGINT' } })
  expect(run.steps).toMatchObject([{ name: 'endless', status: 'cancelled', error: 'cancelled by SIGINT' }])
  expect(wasTold).toBe(true)
})

test('a run whose lease is lost stops, says so and records nothing more', async () => {
  const calls: string[] = []
  let runId = ''
  const client: Client = {
    ...workspace.client,
    startRun: async (input) => {
      const started = await workspace.client.startRun(input)
      runId = started.run.id
      const expiresAt = new Date(Date.parse(started.run.startedAt) + 60).toISOString()
      return { ...started, lease: { ...started.lease, expiresAt } }
    },
    heartbeatRun: async () => {
      calls.push('heartbeatRun')
      throw new PlatformError('run_lease_lost', 'Another process holds it.')
    },
    failStep: async () => {
      throw new Error('failStep was called')
    },
    failRun: async () => {
      throw new Error('failRun was called')
    },
  }
  const endless = step({ name: 'endless', run: () => new Promise<never>(() => {}) })
  const stuck = pipeline({ name: 'stuck', build: () => void endless() })
  await expect(workspace.run(stuck, { client })).rejects.toMatchObject({ code: 'run_lease_lost' })
  expect(calls).toEqual(['heartbeatRun'])
  expect(await workspace.client.showRun({ project, runId })).toMatchObject({ status: 'running' })
})

test('a heartbeat that fails for another reason is tried again', async () => {
  const answers: string[] = []
  const client: Client = {
    ...workspace.client,
    startRun: async (input) => {
      const started = await workspace.client.startRun(input)
      const expiresAt = new Date(Date.parse(started.run.startedAt) + 60).toISOString()
      return { ...started, lease: { ...started.lease, expiresAt } }
    },
    heartbeatRun: async (input) => {
      if (answers.push('beat') === 1) throw new PlatformError('workspace_unreachable', 'Nobody there.')
      return await workspace.client.heartbeatRun(input)
    },
  }
  const slow = step({ name: 'slow', run: () => new Promise<void>((resolve) => setTimeout(resolve, 150)) })
  const { run } = await workspace.run(pipeline({ name: 'slow', build: () => void slow() }), { client })
  expect(run.status).toBe('completed')
  expect(answers.length).toBeGreaterThan(2)
})

test('damaged bytes are not read', async () => {
  const damage = step({
    name: 'damage',
    inputs: { words: text() },
    outputs: { words: text() },
    run: async () => {
      await damageBytes('first words')
      return { words: 'second words' }
    },
  })
  const first = step({ name: 'first', outputs: { words: text() }, run: () => ({ words: 'first words' }) })
  const second = step({ name: 'second', inputs: { words: text(), again: text() }, run: () => {} })
  const damaged = pipeline({
    name: 'damaged',
    build: () => {
      const { words } = first()
      const { words: again } = damage({ inputs: { words } })
      second({ inputs: { words, again } })
    },
  })
  const { run } = await workspace.run(damaged)
  expect(run).toMatchObject({ status: 'failed', error: { step: 'second' } })
  expect(run.error?.message).toMatch(/The bytes of damaged\.first\.words version 1 .*SHA-256/)
})

test('a version is not registered by a run that fails at its very end', async () => {
  const client: Client = {
    ...workspace.client,
    completeRun: async () => {
      throw new PlatformError('model_invalid', 'Not a model.')
    },
  }
  const { run } = await workspace.run(pipeline({ name: 'late', build: () => void noop() }), { client })
  expect(run).toMatchObject({ status: 'failed', error: { step: null, message: 'Not a model.' } })
})

test('nothing is announced of a training whose version would be refused', async () => {
  const target = {
    ...training,
    trains: { model: 'classifier', evaluation: { target: 'diagnoses', positive: 'malignant' } },
  }
  const ran: string[] = []
  const hooks: Hooks = {
    success: [{ name: 's.ts', run: () => void ran.push('success') }],
    failure: [{ name: 'f.ts', run: ({ error }) => void ran.push(String(error?.message)) }],
  }
  const { run, version } = await workspace.run(target, { hooks })
  expect([run.status, version]).toEqual(['failed', null])
  expect(ran).toEqual([expect.stringContaining('It has no column "diagnoses"')])
})

test('a run whose end got no answer is not failed, for it may have completed', async () => {
  const client: Client = {
    ...workspace.client,
    completeRun: async (input) => {
      await workspace.client.completeRun(input)
      throw new PlatformError('workspace_unreachable', 'The connection broke.')
    },
  }
  await expect(workspace.run(pipeline({ name: 'late', build: () => void noop() }), { client })).rejects.toMatchObject({
    code: 'workspace_unreachable',
  })
})

test('logs are sent while a step runs, long lines cut with a mark', async () => {
  const sent: number[] = []
  const client: Client = {
    ...workspace.client,
    appendLogs: async (input) => {
      sent.push(input.body.lines.length)
      return await workspace.client.appendLogs(input)
    },
  }
  const chatty = step({
    name: 'chatty',
    run: async ({ context }) => {
      context.log.warn('x'.repeat(10_001))
      await new Promise((resolve) => setTimeout(resolve, 1_300))
      for (let line = 0; line < 300; line++) context.log.debug(`${line} ${'y'.repeat(5_000)}`)
    },
  })
  const { run } = await workspace.run(pipeline({ name: 'chatty', build: () => void chatty() }), { client })
  expect(run.status).toBe('completed')
  // One line by the clock, then what does not fit into the call that completes the step.
  expect(sent[0]).toBe(1)
  expect(sent.length).toBeGreaterThan(2)
  const { items, nextCursor } = await workspace.client.listLogs({ project, runId: run.id, limit: 200 })
  expect(nextCursor).not.toBeNull()
  expect(items[0]?.message).toHaveLength(10_000)
  expect(items[0]?.message).toMatch(/x… \[cut: 10001 characters\]$/)
  expect(items.slice(1).map(({ message }) => Number.parseInt(message, 10))).toEqual(
    Array.from({ length: 199 }, (_, line) => line),
  )
})

test('the workspace is consistent after all of it', async () => {
  await workspace.run(fails(() => Promise.reject(new Error('boom'))))
  await workspace.run(pipeline({ name: 'mended', build: () => void read({ inputs: make() }) }))
  const { findings } = await workspace.client.checkWorkspace()
  expect(findings.filter(({ kind }) => kind !== 'blob_damaged')).toEqual([])
})

/** Flips the first byte of the stored object with this content. */
async function damageBytes(content: string): Promise<void> {
  const root = join(workspace.dir, 'dev', 'artifacts')
  for (const path of await readdir(root, { recursive: true })) {
    const file = join(root, path)
    const { size, mode } = await stat(file)
    if (size !== content.length) continue
    await writeFile(file, `X${content.slice(1)}`, { mode })
    return
  }
  throw new Error('no such object')
}
