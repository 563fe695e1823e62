import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { bytes, commandStep, compile, pipeline, table } from '@airlock-ml/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EmbeddedWorkspace, openEmbeddedWorkspace, project } from './embedded-workspace.ts'
import { makeTable } from './isolated-steps.ts'

let workspace: EmbeddedWorkspace
beforeAll(async () => {
  workspace = await openEmbeddedWorkspace()
  await writeFile(join(workspace.dir, 'airlock.config.ts'), '')
})
afterAll(() => workspace.close())

const shell = async (script: string) => {
  const file = join(workspace.dir, `${crypto.randomUUID()}.sh`)
  await writeFile(file, script)
  return ['sh', pathToFileURL(file)] as const
}
/** A script that leaves a mark in a file as long as it, and what it started, is alive. */
const ticking = (witness: string) => `(while :; do sleep 0.05; date +%s%N > "${witness}"; done) & echo ready; sleep 60`

async function expectStill(witness: string) {
  const last = await readFile(witness, 'utf8')
  await sleep(300)
  expect(await readFile(witness, 'utf8')).toBe(last)
}

test('a program reads the very bytes that were stored, and what it makes is stored with its kind', async () => {
  const command = await shell('sha256sum "$AIRLOCK_INPUT_TABLE" | cut -c1-64 | tr -d "\\n" > "$AIRLOCK_OUTPUT_DIGEST"')
  const digestOf = commandStep({
    name: 'digest_of',
    command,
    inputs: { table: table() },
    outputs: { digest: bytes('text/plain') },
  })
  const digesting = pipeline({
    name: 'digesting',
    build: () => void digestOf({ inputs: { table: makeTable().table } }),
  })
  const { run } = await workspace.run(digesting)
  expect(run.error).toBeNull()
  const made = run.steps[1]?.outputs.digest
  const body = await workspace.client.getBlob({ project, sha256: made?.digest ?? '' })
  expect(await new Response(body).text()).toBe(run.steps[0]?.outputs.table?.digest)
  const artifact = await workspace.client.showArtifact({ project, artifactId: made?.id ?? '' })
  expect(artifact).toMatchObject({ type: 'bytes', metadata: { kind: 'bytes', mediaType: 'text/plain' } })
})

test('a program that writes to its input spoils its own copy alone', async () => {
  const digest = 'sha256sum "$AIRLOCK_INPUT_TABLE" | cut -c1-64 | tr -d "\\n" > "$AIRLOCK_OUTPUT_DIGEST"'
  const inputs = { table: table() }
  const outputs = { digest: bytes('text/plain') }
  const spoil = commandStep({
    name: 'spoil',
    command: await shell(`echo spoilt > "$AIRLOCK_INPUT_TABLE"; ${digest}`),
    inputs,
    outputs,
  })
  const look = commandStep({ name: 'look', command: await shell(digest), inputs, outputs })
  const spoiling = pipeline({
    name: 'spoiling',
    build: () => {
      const { table: made } = makeTable()
      look({ inputs: { table: made }, after: [spoil({ inputs: { table: made } })] })
    },
  })
  const { run } = await workspace.run(spoiling)
  expect(run.error).toBeNull()
  const [made, spoilt, seen] = ['make_table', 'spoil', 'look'].map((name) => run.steps.find((it) => it.name === name))
  const said = async (sha256 = '') => new Response(await workspace.client.getBlob({ project, sha256 })).text()
  expect(await said(seen?.outputs.digest?.digest)).toBe(made?.outputs.table?.digest)
  expect(await said(spoilt?.outputs.digest?.digest)).not.toBe(made?.outputs.table?.digest)
  expect((await workspace.client.checkWorkspace()).findings).toEqual([])
})

test('a program that takes too long is ended, with what it started, and the step fails', async () => {
  const witness = join(workspace.dir, 'late')
  const late = commandStep({ name: 'late', command: await shell(ticking(witness)), timeoutMs: 600, graceMs: 100 })
  const { run } = await workspace.run(pipeline({ name: 'late', build: () => void late() }))
  expect(run).toMatchObject({ status: 'failed', steps: [{ status: 'failed' }] })
  expect(run.error?.message).toContain('600 ms')
  await expectStill(witness)
})

test('a cancelled run ends its programs before it is recorded as cancelled', async () => {
  const witness = join(workspace.dir, 'cancelled')
  const long = commandStep({ name: 'long', command: await shell(ticking(witness)), graceMs: 100 })
  const stop = new AbortController()
  const { run } = await workspace.run(pipeline({ name: 'long', build: () => void long() }), {
    signal: stop.signal,
    onEvent: (event) => {
      if (event.type === 'log') setTimeout(() => stop.abort('ada'), 200)
    },
  })
  expect(run).toMatchObject({ status: 'cancelled', steps: [{ status: 'cancelled' }] })
  await expectStill(witness)
})

test('a script that changed since the snapshot was compiled is not run', async () => {
  const command = await shell('exit 0')
  const once = pipeline({ name: 'once', build: () => void commandStep({ name: 'once', command })() })
  const code = { digest: 'c'.repeat(64), commit: null, dirty: true }
  const snapshot = compile(once, { params: {}, environment: 'local', stack: 'dev-stack', code })
  await writeFile(command[1], 'exit 1')
  await expect(workspace.run(once, { snapshot })).rejects.toThrow(/"once" is not what snapshot .* was compiled from/)
})

test('when this process ends, so do its programs', async () => {
  const witness = join(workspace.dir, 'orphaned')
  const program = join(workspace.dir, 'ending.mjs')
  const [, script] = await shell(ticking(witness))
  const sdk = join(import.meta.dirname, '../../packages/sdk/src')
  await writeFile(
    program,
    `import { commandStep } from ${JSON.stringify(join(sdk, 'index.ts'))}
import { testStep } from ${JSON.stringify(join(sdk, 'testing/testing.ts'))}
const log = { info: () => setTimeout(() => process.exit(7), 200), warn() {}, error() {}, debug() {} }
const step = commandStep({ name: 's', command: ['sh', new URL(${JSON.stringify(script.href)})] })
await testStep(step, { context: { log } })
`,
  )
  const child = spawn(process.execPath, ['--conditions=source', program], { stdio: 'ignore' })
  expect(await once(child, 'exit')).toEqual([7, null])
  await expectStill(witness)
})
