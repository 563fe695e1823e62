import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ArtifactVersion, Run as PipelineRun } from '@airlock-ml/contract'
import { expect, test, vi } from 'vitest'
import { jsonOf } from './airlock.ts'
import { sharedProject } from './project.ts'

// Many processes, one after the other.
vi.setConfig({ testTimeout: 120_000 })

const project = sharedProject()
const { airlock } = project

const csv = 'age,left\n30,yes\n'
const digest = createHash('sha256').update(csv).digest('hex')

test('a file is registered, read by a pipeline by its digest, annotated, listed by tag and written back', async () => {
  await writeFile(join(project.dir, 'customers.csv'), csv)
  const file = ['artifact', 'register', 'customers.csv', '--name', 'customers']
  const changed = await airlock(...file, '--digest', 'a'.repeat(64))
  expect(changed.code).toBe(1)
  expect(changed.stderr).toContain(`customers.csv is not what was expected: its SHA-256 is ${digest}`)
  const registered = await jsonOf<ArtifactVersion>(airlock, ...file, '--digest', digest, '--metadata', 'rows=1')
  expect(registered).toMatchObject({ name: 'customers', version: 1, type: 'text', digest, metadata: { rows: 1 } })

  await writeFile(
    join(project.dir, 'src/pipelines/count-lines.ts'),
    `import { Artifact, externalArtifact, json, pipeline, step, text } from '@airlock-ml/sdk'
const count = step({
  name: 'count', inputs: { raw: text() }, outputs: { lines: json<number>() },
  run: async ({ inputs, context }) => {
    const newest = await Artifact.load('customers', { from: context, as: text() })
    return { lines: inputs.raw.split('\\n').length + newest.length }
  },
})
export default pipeline({
  name: 'count-lines',
  build: () => void count({
    inputs: { raw: externalArtifact({ name: 'customers', digest: '${digest}', as: text() }) },
  }),
})
`,
  )
  const run = await jsonOf<PipelineRun>(airlock, 'run', 'count-lines')
  expect(run.steps[0]!.inputs).toMatchObject({ raw: { digest }, 'loaded.0': { name: 'customers', version: 1 } })

  const annotated = await jsonOf<ArtifactVersion>(
    airlock,
    ...['artifact', 'annotate', 'customers', '--tag', 'keep', '--set', 'owner=ada'],
  )
  expect(annotated).toMatchObject({ tags: ['keep'], notes: { owner: 'ada' } })
  const listed = await airlock('artifact', 'list', '--tag', 'keep')
  expect(listed.stdout).toContain('customers')
  expect(await jsonOf(airlock, 'artifact', 'list', '--tag', 'raw')).toMatchObject({ items: [] })
  const shown = await airlock('artifact', 'show', 'customers')
  expect(shown.stdout).toMatch(new RegExp(`${digest}\nregistered by +ada\n`))

  expect(await airlock('artifact', 'download', 'customers', '-o', 'copy.csv')).toMatchObject({ code: 0 })
  expect(await readFile(join(project.dir, 'copy.csv'), 'utf8')).toBe(csv)
  const unknown = await airlock('artifact', 'show', 'custmers')
  expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('Did you mean "customers"?')])
})
