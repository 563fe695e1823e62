import { appendFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Run as PipelineRun, StepExplanation } from '@airlock-ml/contract'
import { beforeAll, expect, test, vi } from 'vitest'
import { jsonOf } from './airlock.ts'
import { sharedProject } from './project.ts'

// Many processes, one after the other.
vi.setConfig({ testTimeout: 180_000 })

const project = sharedProject()
const { airlock } = project
beforeAll(async () => {
  await mkdir(join(project.dir, 'src/cached'))
  for (const [path, content] of Object.entries(files)) await writeFile(join(project.dir, path), content)
})

const files = {
  'src/cached/factor.ts': 'export const factor = 2\n',
  'src/cached/steps.ts': `import { json, step } from '@airlock-ml/sdk'
import { z } from 'zod'
import { factor } from './factor.ts'
export const begin = step({
  name: 'begin', cache: true, params: z.object({ from: z.int() }), outputs: { number: json<number>() },
  run: ({ params }) => ({ number: params.from }),
})
export const grow = step({
  name: 'grow', cache: true, inputs: { number: json<number>() }, outputs: { metrics: json<{ grown: number }>() },
  run: ({ inputs }) => ({ metrics: { grown: inputs.number * factor } }),
})
`,
  'src/cached/always.ts': `import { json, step } from '@airlock-ml/sdk'
export const always = step({
  name: 'always', inputs: { metrics: json<{ grown: number }>() },
  run: ({ inputs, context }) => context.log.info('grown ' + inputs.metrics.grown),
})
`,
  'src/pipelines/counted.ts': `import { readFileSync } from 'node:fs'
import { json, pipeline, step } from '@airlock-ml/sdk'
import { z } from 'zod'
const count = step({
  name: 'count', cache: true, params: z.object({ path: z.string() }), outputs: { letters: json<number>() },
  run: ({ params }) => ({ letters: readFileSync(params.path, 'utf8').length }),
})
export default pipeline({ name: 'counted', build: () => void count({ params: { path: 'word.txt' } }) })
`,
  'src/pipelines/cached.ts': `import { pipeline } from '@airlock-ml/sdk'
import { z } from 'zod'
import { always } from '../cached/always.ts'
import { begin, grow } from '../cached/steps.ts'
export default pipeline({
  name: 'cached', params: z.object({ from: z.int().default(1) }),
  build: ({ params }) => {
    const { number } = begin({ params: { from: params.from } })
    const { metrics } = grow({ inputs: { number } })
    always({ inputs: { metrics } })
  },
})
`,
}

const run = (...args: string[]) => jsonOf<PipelineRun>(airlock, 'run', 'cached', ...args)
const statuses = ({ steps }: PipelineRun) => Object.fromEntries(steps.map(({ name, status }) => [name, status]))
const explain = (id: string, step: string) => jsonOf<StepExplanation>(airlock, 'run', 'explain', id, step)
const all = { begin: 'completed', grow: 'completed', always: 'completed' }

test('what did not change is taken from the earlier run, until its code, its parameters or --no-cache say otherwise', async () => {
  const first = await run()
  expect(statuses(first)).toEqual(all)
  const second = await run()
  expect(statuses(second)).toEqual({ begin: 'cached', grow: 'cached', always: 'completed' })
  expect(second.steps.find(({ name }) => name === 'grow')).toMatchObject({ cachedFrom: first.id })
  expect(await explain(second.id, 'grow')).toMatchObject({ verdict: 'cached', cachedFrom: { runId: first.id } })
  expect(await explain(second.id, 'always')).toMatchObject({ verdict: 'off' })

  const other = await run('--param', 'from=3')
  expect(statuses(other)).toEqual(all)
  const { stdout } = await airlock('run', 'explain', other.id, 'begin')
  expect(stdout).toContain('parameter from: 1 → 3')
  expect((await explain(other.id, 'grow')).differences.map(({ kind, name }) => [kind, name])).toEqual([
    ['input', 'number'],
  ])
  expect(statuses(await run('--no-cache'))).toEqual(all)

  await appendFile(join(project.dir, 'src/cached/always.ts'), '// not imported by the cached steps\n')
  expect(statuses(await run())).toMatchObject({ begin: 'cached', grow: 'cached' })
  await writeFile(join(project.dir, 'src/cached/factor.ts'), 'export const factor = 5\n')
  const changed = await run()
  expect(statuses(changed)).toEqual(all)
  const { differences } = await explain(changed.id, 'begin')
  expect(differences.map(({ kind, name }) => [kind, name])).toEqual([['file', 'src/cached/factor.ts']])

  const compared = await jsonOf<Record<string, unknown>>(airlock, 'run', 'diff', other.id, changed.id)
  expect(compared).toMatchObject({
    parameters: [
      { name: 'from', before: 3, after: 1 },
      { name: 'begin.from', before: 3, after: 1 },
    ],
    metrics: [{ name: 'grow.grown', before: 6, after: 5 }],
    data: [{ name: 'begin.number' }, { name: 'grow.metrics' }],
    code: { commits: null, tree: { name: 'tree' } },
    durationsMs: [{ name: 'begin' }, { name: 'grow' }, { name: 'always' }],
  })
  const text = (await airlock('run', 'diff', other.id, changed.id)).stdout
  expect(text).toMatch(/METRIC +A +B\ngrow\.grown +6 +5/)
  const same = (await airlock('run', 'diff', first.id, second.id)).stdout
  expect(same).toContain('grow')
})

test('an artifact that is gone or damaged is made anew, and the log of the step says why', async () => {
  const first = await run('--param', 'from=7')
  const blobs = join(project.dir, '.airlock/enterprise-dev-staging/artifacts/blobs')
  const digest = first.steps.find(({ name }) => name === 'begin')!.outputs.number!.digest
  const [blob] = (await readdir(blobs, { recursive: true })).filter((path) => path.endsWith(digest))
  await rm(join(blobs, blob!))
  const again = await run('--param', 'from=7')
  expect(statuses(again)).toMatchObject({ begin: 'completed', grow: 'cached' })
  expect((await airlock('run', 'logs', again.id)).stdout).toMatch(
    /warn .*Not cached: .* is gone from the artifact store/,
  )
  await writeFile(join(blobs, blob!), '8')
  expect(statuses(await run('--param', 'from=7'))).toMatchObject({ begin: 'completed', grow: 'cached' })
  expect(statuses(await run('--param', 'from=7'))).toMatchObject({ begin: 'cached', grow: 'cached' })
})

test('a file of the project that a parameter names is part of what a step is cached by', async () => {
  const runOf = async (word: string) => {
    await writeFile(join(project.dir, 'word.txt'), word)
    return await jsonOf<PipelineRun>(airlock, 'run', 'counted')
  }
  const first = await runOf('wing')
  expect(statuses(first)).toEqual({ count: 'completed' })
  expect(statuses(await runOf('wing'))).toEqual({ count: 'cached' })
  const changed = await runOf('feather')
  expect(statuses(changed)).toEqual({ count: 'completed' })
  const { differences } = await explain(changed.id, 'count')
  expect(differences.map(({ kind, name }) => [kind, name])).toEqual([['file', 'word.txt']])
})
