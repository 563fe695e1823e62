// Batch inference by the command: killed, stopped by a full disk, and gone on with while the stage changes hands.
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BatchManifest, Run } from '@airlock-ml/contract'
import { readParquet } from '@airlock-ml/tabular'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type FaultyProject, faultyProject, must } from './faulty-project.ts'
import { canMount, mountSmallDisk, why } from './small-disk.ts'

// Several processes a test, on machines that do other things.
vi.setConfig({ testTimeout: 120_000 })

const ROWS = 1_000
const pipelineText = `import { json, model, pipeline, step } from '@airlock-ml/sdk'
import { scoreFile } from '@airlock-ml/serving/batch'
import { z } from 'zod'

const score = step({
  name: 'score',
  inputs: { model: model() },
  outputs: { manifest: json() },
  params: z.object({ output: z.string(), max_rejects: z.int() }),
  run: async ({ inputs, params, context }) => {
    const { manifest } = await scoreFile({
      model: inputs.model, input: 'rows.csv', output: params.output, key: 'id', maxRejects: params.max_rejects,
      partRows: 200, run: context.run, signal: context.signal, now: context.now, log: (line) => context.log.info(line),
    })
    return { manifest }
  },
})

export default pipeline({
  name: 'bulk',
  params: z.object({ output: z.string(), max_rejects: z.int().default(1) }),
  uses: { model: 'breast_cancer_classifier' },
  build: ({ params, model }) => void score({ inputs: { model: model.model }, params }),
})
`

let project: FaultyProject
beforeAll(async () => {
  project = await faultyProject()
  await writeFile(join(project.dir, 'src/pipelines/bulk.ts'), pipelineText)
  const lines = Array.from({ length: ROWS }, (_, row) => `${row % 10},${row === 776 ? '' : row % 7},n-${row + 1}`)
  await writeFile(join(project.dir, 'rows.csv'), ['size,texture,id', ...lines].join('\n'))
  await must(project, ['init', '--admin', 'ada'])
  await holdStage(5)
}, 120_000)
afterAll(() => project.remove())

/** Trains a version, which holds the stage from then on. */
async function holdStage(trees: number): Promise<void> {
  await must(project, ['run', 'training', '--param', `trees=${trees}`])
  await must(project, ['model', 'promote', 'breast_cancer_classifier', '--to-stage', 'staging'])
}

// Outside of the project, whose files are its code.
const folderOf = (output: string) => join(project.dir, '../out', output)
const bulk = (output: string, ...rest: string[]) => [
  'run',
  'bulk',
  '--param',
  `output=${folderOf(output)}`,
  '--json',
  ...rest,
]

/** Each row is there once, but the one that was refused. */
async function expectWhole(output: string): Promise<BatchManifest> {
  const folder = folderOf(output)
  const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as BatchManifest
  const tables = await Promise.all(manifest.parts.map(({ file }) => readParquet(join(folder, file))))
  const rows = tables.flatMap((table) => [...table.column('row').values])
  expect(rows).toEqual(Array.from({ length: ROWS }, (_, at) => at + 1).filter((row) => row !== 777))
  expect(JSON.parse(await readFile(join(folder, 'rejects-00003.jsonl'), 'utf8'))).toMatchObject({
    row: 777,
    key: 'n-777',
  })
  expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([])
  return manifest
}

test('killed half-way, it is finished with the version it began with, also when another holds the stage by then', async () => {
  const killed = await project.airlock(bulk('killed'), { AIRLOCK_CRASH_AT: 'batch:part-recorded' })
  expect(killed.signal).toBe('SIGKILL')
  await holdStage(6)
  const other = await project.airlock(bulk('killed'))
  expect(other.code).toBe(1)
  expect(other.stderr).toMatch(
    /begun with version 1 of breast_cancer_classifier .* pinned to version 2 .*--model-version 1/,
  )
  const done = JSON.parse(await must(project, bulk('killed', '--model-version', '1'))) as Run
  const manifest = await expectWhole('killed')
  expect(manifest).toMatchObject({
    rows: ROWS,
    scored: 999,
    rejected: 1,
    model: { number: 1, digest: done.model?.digest },
  })
  expect(manifest.runIds).toHaveLength(2)
  expect(manifest.runIds[1]).toBe(done.id)
  expect(done.steps[0]?.outputs.manifest?.digest).toMatch(/^[0-9a-f]{64}$/)
})

test('`run retry` goes on, too', async () => {
  const lost = await project.airlock(bulk('lost'), { AIRLOCK_CRASH_AT: 'batch:part-recorded#2' })
  expect(lost.signal).toBe('SIGKILL')
  const [run] = (JSON.parse(await must(project, ['run', 'list', '--limit', '1', '--json'])) as { items: Run[] }).items
  expect(run?.status).toBe('lost')
  const retried = JSON.parse(await must(project, ['run', 'retry', run?.id ?? '', '--json'])) as Run
  expect((await expectWhole('lost')).runIds).toEqual(expect.arrayContaining([run?.id, retried.id]))
})

test.skipIf(!canMount)(
  `on a full disk it stops with whole parts, and goes on when there is room (${why})`,
  async () => {
    const disk = await mountSmallDisk(folderOf('small'), 2)
    try {
      disk.leave(64)
      const stopped = await project.airlock(bulk('small/out'))
      expect(stopped.code).toBe(1)
      expect(stopped.stderr).toMatch(/There is no space left for the predictions/)
      const left = (await readdir(folderOf('small/out'))).filter((name) => name !== '.batch')
      expect(left.filter((name) => name.endsWith('.tmp') || name === 'manifest.json')).toEqual([])
      disk.empty()
      await must(project, bulk('small/out'))
      await expectWhole('small/out')
    } finally {
      disk.unmount()
    }
  },
)
