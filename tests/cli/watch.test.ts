import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import type { Page, Run as PipelineRun, RunSummary } from '@airlock-ml/contract'
import { afterEach, beforeAll, expect, test, vi } from 'vitest'
import { command, environment, jsonOf } from './airlock.ts'
import { sharedProject } from './project.ts'

// Each round is a process.
vi.setConfig({ testTimeout: 180_000 })

const project = sharedProject()
beforeAll(async () => {
  await mkdir(join(project.dir, 'src/watched'))
  for (const [path, content] of Object.entries(files)) await save(path, content)
})

const started: ChildProcess[] = []
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGTERM')
})

const save = (path: string, content: string) => writeFile(join(project.dir, path), content)

const files = {
  'src/watched/factor.ts': 'export const factor = 2\n',
  'src/watched/read.ts': `import { readFile } from 'node:fs/promises'
import { json, step } from '@airlock-ml/sdk'
import { z } from 'zod'
export const read = step({
  name: 'read', params: z.object({ path: z.string() }), outputs: { number: json<number>() },
  run: async ({ params }) => ({ number: Number(await readFile(params.path, 'utf8')) }),
})
`,
  'src/watched/grow.ts': `import { setTimeout as wait } from 'node:timers/promises'
import { json, step } from '@airlock-ml/sdk'
import { factor } from './factor.ts'
export const grow = step({
  name: 'grow', inputs: { number: json<number>() }, outputs: { grown: json<number>() },
  run: async ({ inputs, context }) => {
    if (factor > 100) await wait(60_000, undefined, { signal: context.signal })
    return { grown: inputs.number * factor }
  },
})
`,
  'src/watched/tell.ts': `import { json, step } from '@airlock-ml/sdk'
export const tell = step({
  name: 'tell', cache: false, inputs: { grown: json<number>() },
  run: ({ inputs, context }) => context.log.info('grown to ' + inputs.grown),
})
`,
  'src/watched/pair.ts': `import { json, step } from '@airlock-ml/sdk'
const base = 1
export const left = step({
  name: 'left', outputs: { n: json<number>() },
  run: (): { n: number } => ({ n: base + 1 }),
})
export const right = step({
  name: 'right', outputs: { n: json<number>() },
  run: async ({ context }) => {
    context.log.info('to the right')
    return { n: base + 2 }
  },
})
`,
  'src/pipelines/paired.ts': `import { pipeline } from '@airlock-ml/sdk'
import { left, right } from '../watched/pair.ts'
export default pipeline({
  name: 'paired',
  build: () => {
    left()
    right()
  },
})
`,
  'src/pipelines/watched.ts': `import { pipeline } from '@airlock-ml/sdk'
import { grow } from '../watched/grow.ts'
import { read } from '../watched/read.ts'
import { tell } from '../watched/tell.ts'
export default pipeline({
  name: 'watched',
  build: () => void tell({ inputs: { grown: grow({ inputs: read({ params: { path: 'number.txt' } }) }).grown } }),
})
`,
  'number.txt': '3',
}

/** A watch that is under way, and what it said since it was last asked. */
function startWatch(...args: string[]) {
  const child = spawn(process.execPath, [command, 'run', ...args, '--watch', '--json'], {
    cwd: project.dir,
    env: environment(project.dir, {}),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  started.push(child)
  let said = ''
  let stdout = ''
  child.stdout.on('data', (chunk) => (stdout += chunk))
  child.stderr.on('data', (chunk) => (said += stripVTControlCharacters(String(chunk))))
  const until = async (words: string) => {
    await vi.waitFor(() => expect(said).toContain(words), { timeout: 60_000, interval: 20 })
    const before = said
    said = ''
    return before
  }
  return { until, stop: () => stop(child, () => stdout) }
}

async function stop(child: ChildProcess, stdout: () => string) {
  child.kill('SIGINT')
  const [code] = child.exitCode === null ? await once(child, 'close') : [child.exitCode]
  return { code, document: JSON.parse(stdout()) as { rounds: { changed: string[]; run: PipelineRun | null }[] } }
}

/** The steps of a round that were taken from the cache, and those that ran. */
const stepsIn = (said: string) => ({
  cached: [...said.matchAll(/✓ (\w+) +cached/g)].map(([, name]) => name),
  ran: [...said.matchAll(/✓ (\w+) +[\d.]+ m?s/g)].map(([, name]) => name),
})

test('each save runs again what changed and what stands on it, and nothing else', async () => {
  const watch = startWatch('watched')
  const first = await watch.until('waiting for')
  expect(stepsIn(first)).toEqual({ cached: [], ran: ['read', 'grow', 'tell'] })
  expect(first).toContain('grown to 6')

  await save('src/watched/factor.ts', 'export const factor = 5\n')
  const changed = await watch.until('waiting for')
  expect(changed).toContain('src/watched/factor.ts changed')
  expect(stepsIn(changed)).toEqual({ cached: ['read'], ran: ['grow', 'tell'] })
  expect(changed).toContain('grown to 15')

  await save('number.txt', '4')
  expect(stepsIn(await watch.until('waiting for'))).toEqual({ cached: [], ran: ['read', 'grow', 'tell'] })

  await save('src/watched/tell.ts', `${files['src/watched/tell.ts']}const broken = \n`)
  expect(await watch.until('waiting for')).toContain('src/watched/tell.ts cannot be read: line 6')
  await save('src/watched/tell.ts', files['src/watched/tell.ts'].replace("'grown", "'now"))
  expect(stepsIn(await watch.until('waiting for'))).toEqual({ cached: ['read', 'grow'], ran: ['tell'] })

  await save('src/watched/factor.ts', 'import { big } from "./big.ts"\nexport const factor = big\n')
  expect(await watch.until('waiting for')).toContain('there is no such file')
  await save('src/watched/big.ts', 'export const big = 1000\n')
  await watch.until('✓ read')
  await save('src/watched/big.ts', 'export const big = 7\n')
  expect(await watch.until('waiting for')).toContain('now to 28')

  const { code, document } = await watch.stop()
  expect(code).toBe(0)
  expect(document.rounds.map(({ run }) => run?.status ?? null)).toEqual([
    ...['completed', 'completed', 'completed', null, 'completed', null, 'cancelled', 'completed'],
  ])
  expect(document.rounds[1]?.changed).toEqual(['src/watched/factor.ts'])
  const { items } = await jsonOf<Page<RunSummary>>(project.airlock, 'run', 'list', '--pipeline', 'watched')
  const cancelled = items.find(({ status }) => status === 'cancelled')
  expect(cancelled?.error?.message).toContain('a change of src/watched/big.ts')
})

test('of steps in one module only the one runs again whose function changed, and both where what they share did', async () => {
  const path = 'src/watched/pair.ts'
  let source = files[path]
  const change = (from: string, to: string) => {
    source = source.replace(from, to)
    return save(path, source)
  }
  const watch = startWatch('paired')
  expect(stepsIn(await watch.until('waiting for')).ran.sort()).toEqual(['left', 'right'])
  await change('return { n: base + 2 }', '// one more\n    return { n: base + 3 }')
  expect(stepsIn(await watch.until('waiting for'))).toEqual({ cached: ['left'], ran: ['right'] })
  await change('n: base + 1', 'n: base +\n 2')
  expect(stepsIn(await watch.until('waiting for'))).toEqual({ cached: ['right'], ran: ['left'] })
  await change('base = 1', 'base = 2')
  expect(stepsIn(await watch.until('waiting for')).ran.sort()).toEqual(['left', 'right'])
  await watch.stop()
})

test('a watched training makes no version', async () => {
  const watch = startWatch('training')
  expect(await watch.until('waiting for')).toContain('completed  run')
  expect((await watch.stop()).document.rounds[0]?.run?.status).toBe('completed')
  const versions = await jsonOf<Page<unknown>>(project.airlock, 'model', 'version', 'list', 'breast_cancer_classifier')
    .then(({ items }) => items.length)
    .catch(() => 0)
  expect(versions).toBe(0)
})

test.each([
  [['watchd'], 1, 'Did you mean "watched"?'],
  [['watched', '--environment', 'staging'], 2, 'it runs in the environment local'],
  [['watched', '--no-cache'], 2, '--no-cache'],
])('a watch of %j is refused at once', async (args, exitCode, why) => {
  const { code, stderr } = await project.airlock('run', ...args, '--watch')
  expect(code).toBe(exitCode)
  expect(stderr).toContain(why)
})
