import type { Client } from '@airlock-ml/client'
import { json, pipeline, step, text } from '@airlock-ml/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EmbeddedWorkspace, openEmbeddedWorkspace, project } from './embedded-workspace.ts'

let workspace: EmbeddedWorkspace
beforeAll(async () => {
  workspace = await openEmbeddedWorkspace()
})
afterAll(() => workspace.close())

let attempts = 0
const make = step({
  name: 'make',
  outputs: { words: text(), go: json<boolean>() },
  run: ({ context }) => ({ words: context.run.id, go: false }),
})
const shaky = step({
  name: 'shaky',
  inputs: { words: text() },
  outputs: { length: json<number>() },
  retry: { attempts: 2, delayMs: 1 },
  run: ({ inputs, context }) => {
    context.log.info('counting')
    if (attempts++ === 0) throw new Error('no network')
    return { length: inputs.words.length }
  },
})
const skipped = step({ name: 'skipped', run: () => {} })
const end = step({ name: 'end', inputs: { length: json<number>() }, run: () => {} })
// Every way a step can go: done, tried again, skipped, last.
const winding = pipeline({
  name: 'winding',
  build: () => {
    const { words, go } = make()
    skipped({ when: go })
    end({ inputs: shaky({ inputs: { words } }) })
  },
})
const hooks = { success: [{ name: 's.ts', run: () => {} }], failure: [{ name: 'f.ts', run: () => {} }] }

/** By a timer, so not always at the same place. */
const timed = new Set<string>(['heartbeatRun', 'appendLogs'])

/** Runs the pipeline; `before` is told of each call to the workspace from the start of the run on. */
async function runWatched(before: (call: string, runId: string) => Promise<void>, signal?: AbortSignal) {
  attempts = 0
  let runId: string | undefined
  const client = new Proxy(workspace.client, {
    get: (target, name: keyof Client) => async (input: never) => {
      if (runId !== undefined && !timed.has(name)) await before(name, runId)
      const answer: unknown = await (target[name] as (input: never) => Promise<unknown>)(input)
      if (name === 'startRun') runId = (answer as { run: { id: string } }).run.id
      return answer
    },
  })
  return await workspace.run(winding, { client, concurrency: 1, hooks, ...(signal && { signal }) })
}

test.each(['by a request', 'by this process'] as const)(
  'a run that is cancelled %s, whatever it is about to do, ends as cancelled and leaves nothing running',
  async (how) => {
    const calls: string[] = []
    await runWatched(async (call) => void calls.push(call))
    expect(new Set(calls)).toEqual(
      new Set(['startStep', 'showBlob', 'putBlob', 'completeStep', 'getBlob', 'skipStep', 'retryStep', 'completeRun']),
    )
    // Bytes that are there already are not sent again, so that the next runs make fewer calls.
    for (let at = 0, last = false; !last; at++) {
      const controller = new AbortController()
      const made: string[] = []
      const { run, version } = await runWatched(async (call, runId) => {
        if (made.push(call) - 1 !== at) return
        if (how === 'by this process') controller.abort('SIGINT')
        else await workspace.client.cancelRun({ project, runId, body: { reason: 'wrong data' } })
      }, controller.signal)
      const where = `before call ${at}, ${made[at]}`
      last = made[at] === 'completeRun'
      // What is on its way when this process wants its end is not called back.
      const isTooLate = last && how === 'by this process'
      expect([where, run.status, version]).toEqual([where, isTooLate ? 'completed' : 'cancelled', null])
      const { steps, hooks } = await workspace.client.showRun({ project, runId: run.id })
      expect([where, steps.filter(({ status }) => status === 'running')]).toEqual([where, []])
      // A request is heard by the next step that would start; this process hears of its own at once.
      const started = made.slice(0, how === 'by this process' ? at + 1 : at).filter((call) => call === 'startStep')
      expect([where, steps.filter(({ status }) => status !== 'skipped').length]).toEqual([where, started.length])
      expect([where, hooks.at(-1)?.name]).toEqual([where, isTooLate ? 's.ts' : 'f.ts'])
      expect(at).toBeLessThan(calls.length)
    }
    expect((await workspace.client.checkWorkspace()).findings).toEqual([])
  },
  30_000,
)

test('a success hook that never returns holds up no cancellation', async () => {
  const controller = new AbortController()
  const stuck = {
    success: [
      {
        name: 's.ts',
        run: () => {
          setTimeout(() => controller.abort('SIGINT'), 10)
          return new Promise<never>(() => {})
        },
      },
    ],
    failure: [],
  }
  const noop = step({ name: 'noop', run: () => {} })
  const { run } = await workspace.run(pipeline({ name: 'stuck', build: () => void noop() }), {
    hooks: stuck,
    signal: controller.signal,
  })
  expect(run).toMatchObject({ status: 'cancelled', hooks: [{ name: 's.ts', outcome: 'failed' }] })
})
