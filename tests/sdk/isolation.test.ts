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

test('a step in a process of its own reads, makes and records as any other', async () => {
  const isolated = pipeline({
    name: 'isolated',
    build: () => {
      const { table, factor } = makeTable()
      scale({ inputs: { table, factors: [factor, constant(3)] }, params: { plus: 1 } })
    },
  })
  const { run } = await workspace.run(isolated)
  expect(run.error).toBeNull()
  const { outputs, metadata } = run.steps[1]!
  const made = await readParquet(await bytesOf(outputs.table?.digest))
  expect(made.toRows()).toEqual([{ size: 3 }, { size: 5 }, { size: 7 }])
  const facts = JSON.parse(Buffer.from(await bytesOf(outputs.facts?.digest)).toString())
  expect(facts).toMatchObject({ pipeline: 'isolated', random: expect.any(Number) })
  expect(facts.pid).not.toBe(process.pid)
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

/** The run of a step that misbehaves. */
async function misbehaving(how: string, options: RunOptions = {}) {
  const params = z.object({ witness: z.string().default('') })
  const wrong = pipeline({
    name: 'wrong',
    params,
    build: ({ params: { witness } }) => {
      misbehave({ params: { how, witness }, retry: { attempts: 1 }, resources: { memoryMiB: 64 } })
    },
  })
  return await workspace.run(wrong, options)
}

test.each([
  ['exit', 'Step "misbehave" ended its process with exit code 0 before it returned. Throw an error'],
  ['kill', 'Step "misbehave" was ended by SIGKILL before it returned.'],
  ['throw text', 'Step "misbehave" threw the text "just text" instead of an Error.'],
  ['throw for good', 'NonRetryableError: no rows'],
  ['throw later', 'SyntaxError: '],
  ['fill memory', 'Step "misbehave" needed more memory than the 64 MiB that it may have. Give it more'],
  ['return another', 'Step "misbehave" has no output "dome". Did you mean "done"?'],
])('a step that would %s fails, and nothing else', async (how, message) => {
  const { run } = await misbehaving(how)
  expect(run).toMatchObject({ status: 'failed', steps: [{ status: 'failed' }] })
  expect(run.error?.message).toContain(message)
})

test('a step that blocks its event loop holds up no cancellation, and is gone afterwards', async () => {
  const stop = new AbortController()
  const witness = join(workspace.dir, 'witness')
  const onEvent: RunOptions['onEvent'] = (event) => {
    if (event.type === 'log') setTimeout(() => stop.abort('ada'), 200)
  }
  const startedAt = performance.now()
  const { run } = await misbehaving('block', { params: { witness }, signal: stop.signal, onEvent })
  expect(performance.now() - startedAt).toBeLessThan(20_000)
  expect(run).toMatchObject({ status: 'cancelled' })
  const last = await readFile(witness, 'utf8')
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(await readFile(witness, 'utf8')).toBe(last)
})

test('a step that waits is cancelled at once', async () => {
  const stop = new AbortController()
  setTimeout(() => stop.abort('ada'), 1_500)
  const startedAt = performance.now()
  const { run } = await misbehaving('wait', { signal: stop.signal })
  expect(performance.now() - startedAt).toBeLessThan(10_000)
  expect(run.status).toBe('cancelled')
})

test('a step that its module does not export is refused with what to do', async () => {
  const { run } = await workspace.run(pipeline({ name: 'hiding', build: () => void callHidden() }))
  expect(run.error?.message).toMatch(
    /Step "hidden" cannot run in a process of its own.*isolated-steps\.ts does not export it\. Add `export` to it\./,
  )
})
