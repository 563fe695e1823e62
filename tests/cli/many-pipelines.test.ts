import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page, Run as PipelineRun } from '@airlock-ml/contract'
import { beforeAll, expect, test } from 'vitest'
import { jsonOf } from './airlock.ts'
import { sharedProject } from './project.ts'

const project = sharedProject()
const { airlock } = project
beforeAll(async () => {
  // Whoever imports one of them fails.
  const names = Array.from({ length: 300 }, (_, at) => `broken-${at}`)
  for (const name of names)
    await writeFile(join(project.dir, `src/pipelines/${name}.ts`), `throw new Error('${name} was imported')`)
  await writeFile(join(project.dir, 'src/pipelines/alone.ts'), alone)
})

const alone = `import { json, pipeline, step } from '@airlock-ml/sdk'

export const count = step({
  name: 'count',
  outputs: { process: json<number>() },
  isolation: 'process',
  run: () => ({ process: process.pid }),
})

export default pipeline({ name: 'alone', build: () => void count() })
`

test('of 300 pipelines none is imported to list them', async () => {
  const { items } = await jsonOf<Page<{ name: string; file: string }>>(airlock, 'pipeline', 'list')
  expect(items.filter(({ name }) => name.startsWith('broken-'))).toHaveLength(300)
})

// This project has no packages of its own, as one before `npm install`: a process of a step finds those of the command.
test('one is run, its step in a process of its own, without a look at the others', async () => {
  const run = await jsonOf<PipelineRun>(airlock, 'run', 'alone')
  expect(run).toMatchObject({ status: 'completed', error: null, steps: [{ name: 'count' }] })
})

test('one is drawn and found by a word that is nearly its name', async () => {
  expect((await airlock('pipeline', 'show', 'alone')).stdout).toContain('count')
  const { code, stderr } = await airlock('run', 'alnoe')
  expect(code).toBe(1)
  expect(stderr).toContain('Did you mean "alone"?')
})
