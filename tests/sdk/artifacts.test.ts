import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Artifact, externalArtifact, json, named, pipeline, step, text } from '@airlock-ml/sdk'
import { testPipeline, testStep } from '@airlock-ml/sdk/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type EmbeddedWorkspace, openEmbeddedWorkspace, project } from './embedded-workspace.ts'
import { loadElsewhere } from './isolated-steps.ts'

let workspace: EmbeddedWorkspace
beforeAll(async () => {
  workspace = await openEmbeddedWorkspace()
})
afterAll(() => workspace.close())

const sha256 = (value: string) => createHash('sha256').update(value).digest('hex')

async function register(name: string, value: string) {
  const digest = sha256(value)
  await workspace.client.putBlob({ project, sha256: digest, body: Buffer.from(value) })
  return await workspace.client.registerArtifact({ project, body: { name, type: 'text', digest } })
}

const makeGreeting = step({
  name: 'make_greeting',
  outputs: { greeting: named('greeting', text()) },
  params: z.object({ words: z.string() }),
  run: ({ params }) => ({ greeting: params.words }),
})
const greet = pipeline({
  name: 'greet',
  params: z.object({ words: z.string() }),
  build: ({ params }) => void makeGreeting({ params }),
})

const loadGreeting = step({
  name: 'load_greeting',
  outputs: { found: json<string>() },
  params: z.object({ name: z.string().default('greeting'), version: z.int().optional() }),
  run: async ({ params: { name, version }, context }) => ({
    found: await Artifact.load(name, { from: context, as: text(), ...(version !== undefined && { version }) }),
  }),
})
const reader = (params: { name?: string; version?: number }, settings = {}) =>
  pipeline({ name: 'reader', build: () => void loadGreeting({ params, ...settings }) })

test('an output that is named is found by name and version, in a step, where it is an input, and outside', async () => {
  for (const words of ['hello', 'hello', 'good day']) await workspace.run(greet, { params: { words } })
  const { run } = await workspace.run(reader({ version: 1 }))
  expect(run.error).toBeNull()
  expect(run.steps[0]!.inputs).toMatchObject({ 'loaded.0': { name: 'greeting', version: 1, digest: sha256('hello') } })
  const newest = await workspace.run(reader({}))
  expect(newest.run.steps[0]!.outputs.found!.digest).toBe(sha256('"good day"'))
  const from = { client: workspace.client, project }
  expect(await Artifact.load('greeting', { from, as: text() })).toBe('good day')
  expect(await Artifact.load('greeting', { from, as: text(), digest: sha256('hello') })).toBe('hello')
  expect(await Artifact.load('reader.load_greeting.found', { from, as: json<string>() })).toBe('good day')
  await expect(Artifact.load('greeting', { from, as: json() })).rejects.toThrow(
    'Artifact "greeting" version 2 is a text, and was loaded as a json.',
  )
})

test('a step in a process or thread of its own loads by name, too, and hears why it may not', async () => {
  await register('elsewhere', 'far')
  const isolated = (name: string, isolation: 'process' | 'thread' = 'process') =>
    pipeline({ name: `${isolation}-load`, build: () => void loadElsewhere({ params: { name }, isolation }) })
  for (const isolation of ['process', 'thread'] as const) {
    const { run } = await workspace.run(isolated('elsewhere', isolation))
    expect(run.error).toBeNull()
    expect(run.steps[0]).toMatchObject({ inputs: { 'loaded.0': { name: 'elsewhere' } }, metadata: { read: 'far' } })
  }
  expect((await workspace.run(isolated('elswhere'))).run.error?.message).toContain('Did you mean "elsewhere"?')
})

test('a step that asks for the cache may not load while it runs', async () => {
  const { run } = await workspace.run(reader({}, { cache: true }))
  expect(run.error?.message).toContain('load_greeting asks for the cache and loads greeting while it runs')
})

const count = step({
  name: 'count',
  inputs: { raw: text() },
  outputs: { size: json<number>() },
  run: ({ inputs }) => ({ size: inputs.raw.length }),
})
const counter = (digest: string, name = 'raw-data') =>
  pipeline({
    name: 'counter',
    build: () => void count({ inputs: { raw: externalArtifact({ name, digest, as: text() }) } }),
  })

test('data from outside is read by its digest, whatever its name stands for by now, and other bytes are refused by name', async () => {
  const { digest } = await register('raw-data', 'four')
  await register('raw-data', 'changed')
  const { run } = await workspace.run(counter(digest))
  expect(run.steps[0]!.inputs.raw).toMatchObject({ name: 'raw-data', version: 1, digest })
  const absent = await workspace.run(counter(sha256('never')))
  expect(absent.run.error?.message).toContain(`raw-data has no version with the SHA-256 ${sha256('never')}.`)

  await writeFile(join(workspace.dir, 'dev', 'artifacts', 'blobs', digest.slice(0, 2), digest), 'fuor')
  const damaged = await workspace.run(counter(digest))
  expect(damaged.run.error?.message).toContain('The bytes of raw-data version 1 have the SHA-256')
})

test('names and digests that cannot be are refused where they are written', () => {
  expect(() => named('a.b', text())).toThrow('the name must be 1 to 63 of a-z')
  expect(() => externalArtifact({ name: 'raw', digest: 'abc', as: text() })).toThrow('See `airlock artifact show raw`.')
})

test('unit tests give artifacts by name', async () => {
  const artifacts = { greeting: { as: text(), value: 'hi' }, 'raw-data': { as: text(), value: '12345' } }
  expect((await testStep(loadGreeting, { artifacts })).outputs.found).toBe('hi')
  await expect(testStep(loadGreeting, {})).rejects.toThrow('The test gives no artifact greeting.')
  expect((await testPipeline(reader({}), { artifacts })).steps.load_greeting!.outputs.found).toBe('hi')
  expect((await testPipeline(counter('0'.repeat(64)), { artifacts })).steps.count!.outputs.size).toBe(5)
})
