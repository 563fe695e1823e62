import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { constant, pipeline } from '@airlock-ml/sdk'
import { readParquet } from '@airlock-ml/tabular'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type EmbeddedWorkspace, openEmbeddedWorkspace, project, type RunOptions } from './embedded-workspace.ts'
import { callHidden, makeTable, misbehave, scale } from './isolated-steps.ts'

let workspace: EmbeddedWorkspace
beforeAll(async () => {
  workspace = await openEmbeddedWorkspace()
})
afterAll(() => workspace.close())

async function bytesOf(sha256: string | undefined): Promise<Uint8Array> {
  const body = await workspace.client.getBlob({ project, sha256: sha256 ?? '' })
  return new Uint8Array(await new Response(body).arrayBuffer())
}

/** Where a step may run. */
const places = ['process', 'thread'] as const
type Place = (typeof places)[number]

test.each(places)('a step in a %s of its own reads, makes and records as any other', async (isolation) => {
  const isolated = pipeline({
    name: 'isolated',
    build: () => {
      const { table, factor } = makeTable()
      scale({ inputs: { table, factors: [factor, constant(3)] }, params: { plus: 1 }, isolation })
    },
  })
  const { run } = await workspace.run(isolated)
  expect(run.error).toBeNull()
  const { outputs, metadata } = run.steps[1]!
  const made = await readParquet(await bytesOf(outputs.table?.digest))
  expect(made.toRows()).toEqual([{ size: 3 }, { size: 5 }, { size: 7 }])
  const facts = JSON.parse(Buffer.from(await bytesOf(outputs.facts?.digest)).toString())
  expect(facts).toMatchObject({ pipeline: 'isolated', random: expect.any(Number) })
  expect(facts.pid === process.pid).toBe(isolation === 'thread')
  expect(facts.isMainThread).toBe(isolation === 'process')
  expect(metadata).toEqual({ rows: 3, random_seed: expect.any(Number) })
  const artifact = await workspace.client.showArtifact({ project, artifactId: outputs.table?.id ?? '' })
  expect(artifact.metadata).toEqual({ rowCount: 3, columns: ['size'] })
  const { items: logs } = await workspace.client.listLogs({ project, runId: run.id, step: 'scale' })
  const lines = logs.map(({ level, message, fields }) => [level, message, fields]).sort()
  expect(lines).toEqual([
    ['info', 'printed', undefined],
    ['info', 'scaling', { rows: 3 }],
    ['warn', 'complained', undefined],
  ])
  const again = await workspace.run(isolated)
  expect(again.run.steps[1]?.metadata).toEqual(metadata)
})

test('onnxruntime is told in a thread, too, that nothing is to be reported', async () => {
  // Only the environment of the process reaches native code, not the thread's copy that `loadOnnx` writes to.
  delete process.env.ORT_DISABLE_TELEMETRY
  const threaded = pipeline({
    name: 'threaded',
    build: () => {
      const { table, factor } = makeTable()
      scale({ inputs: { table, factors: [factor] }, params: { plus: 0 }, isolation: 'thread' })
    },
  })
  expect((await workspace.run(threaded)).run.error).toBeNull()
  expect(process.env.ORT_DISABLE_TELEMETRY).toBe('1')
})

/** The run of a step that misbehaves. */
async function misbehaving(how: string, { isolation, attempts = 1, ...options }: Misbehaviour) {
  const params = z.object({ witness: z.string().default('') })
  const settings = { retry: { attempts, delayMs: 1 }, resources: { memoryMiB: 64 }, isolation }
  const wrong = pipeline({
    name: 'wrong',
    params,
    build: ({ params: { witness } }) => void misbehave({ params: { how, witness }, ...settings }),
  })
  return await workspace.run(wrong, options)
}

type Misbehaviour = RunOptions & { isolation: Place; attempts?: number }

const faults: [string, string, Place[]?][] = [
  ['exit', 'ended its PLACE with exit code 0 before it returned. Throw an error'],
  ['kill', 'was ended by SIGKILL before it returned. The system does that when memory runs out.', ['process']],
  ['crash', 'was ended by SIGSEGV before it returned. That is a crash of native code', ['process']],
  ['throw text', 'threw the text "just text" instead of an Error.'],
  ['throw for good', 'NonRetryableError: no rows'],
  ['throw later', 'SyntaxError: '],
  ['fill memory', 'needed more memory than the 64 MiB that it may have. Give it more'],
  ['fill memory at once', 'needed more memory than the 64 MiB that it may have. Give it more'],
  ['return another', 'has no output "dome". Did you mean "done"?'],
]
const cases = faults.flatMap(([how, message, where = [...places]]) =>
  where.map((isolation) => ({ how, isolation, message: message.replace('PLACE', isolation) })),
)

test.each(cases)(
  'a step that would $how in a $isolation fails, and nothing else',
  async ({ how, isolation, message }) => {
    const { run } = await misbehaving(how, { isolation })
    expect(run).toMatchObject({ status: 'failed', steps: [{ status: 'failed' }] })
    expect(run.error?.message).toContain(message)
  },
)

test.each(places)('whether a step is tried again is decided as for any other, from a %s too', async (isolation) => {
  const retried = async (how: string) => {
    const { run, events } = await misbehaving(how, { isolation, attempts: 2 })
    const delays = events.flatMap((event) => (event.type === 'step-retried' ? [event.delayMs] : []))
    return { delays, error: run.error?.message, earlier: run.steps[0]?.earlierAttempts.map(({ error }) => error) }
  }
  const busy = 'RetryAfterError: busy'
  expect(await retried('ask for time')).toEqual({ delays: [7], error: busy, earlier: [busy] })
  const final = { delays: [], error: 'NonRetryableError: no rows', earlier: [] }
  expect(await retried('throw for good')).toEqual(final)
  expect(await retried('fail by chance')).toMatchObject({ delays: [1], error: 'RangeError: bad luck' })
  expect(await retried('exit')).toMatchObject({ delays: [1] })
})

test.each(places)(
  'a step that blocks its event loop in a %s holds up no cancellation, and is gone afterwards',
  async (isolation) => {
    const stop = new AbortController()
    const witness = join(workspace.dir, `witness-${isolation}`)
    const onEvent: RunOptions['onEvent'] = (event) => {
      if (event.type === 'log') setTimeout(() => stop.abort('ada'), 200)
    }
    const startedAt = performance.now()
    const { run } = await misbehaving('block', { isolation, params: { witness }, signal: stop.signal, onEvent })
    expect(performance.now() - startedAt).toBeLessThan(20_000)
    expect(run).toMatchObject({ status: 'cancelled' })
    const last = await readFile(witness, 'utf8')
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(await readFile(witness, 'utf8')).toBe(last)
  },
)

test.each(places)('a step that waits in a %s is cancelled at once', async (isolation) => {
  const stop = new AbortController()
  setTimeout(() => stop.abort('ada'), 1_500)
  const startedAt = performance.now()
  const { run } = await misbehaving('wait', { isolation, signal: stop.signal })
  expect(performance.now() - startedAt).toBeLessThan(10_000)
  expect(run.status).toBe('cancelled')
})

test('a step that its module does not export is refused with what to do', async () => {
  const { run } = await workspace.run(pipeline({ name: 'hiding', build: () => void callHidden() }))
  expect(run.error?.message).toMatch(
    /Step "hidden" cannot run isolated.*isolated-steps\.ts does not export it\. Add `export` to it\./,
  )
})
