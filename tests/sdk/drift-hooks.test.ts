import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type DriftHookFile, pipeline, step } from '@airlock-ml/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { driftSummary } from './drift-summary.ts'
import { type EmbeddedWorkspace, openEmbeddedWorkspace, project } from './embedded-workspace.ts'
import { reportDrift } from './isolated-steps.ts'
import { training } from './training-pipeline.ts'

let workspace: EmbeddedWorkspace
let drift: DriftHookFile[]
beforeAll(async () => {
  workspace = await openEmbeddedWorkspace()
  const { dir } = workspace
  const hook = `import { appendFile } from 'node:fs/promises'
    export default ({ source, number, log }) => {
      log.info('told')
      return appendFile(new URL('told', import.meta.url), source.step + ' ' + number + '\\n')
    }`
  await writeFile(join(dir, 'told.mjs'), hook)
  await writeFile(join(dir, 'broken.mjs'), 'export default () => { throw new Error("no chat") }')
  drift = ['broken.mjs', 'told.mjs'].map((name) => ({ name, projectDir: dir }))
  await workspace.run(training)
})
afterAll(() => workspace.close())

const scored = (moved: number, isolated = false) => {
  const report = step({
    name: 'report_drift',
    run: async ({ context }) => {
      const { level } = await context.reportDrift({ batchId: context.run.id, summary: driftSummary(moved) })
      context.logMetadata({ drift: level })
    },
  })
  const used = isolated ? reportDrift : report
  return pipeline({ name: 'scoring', uses: { model: 'classifier' }, build: () => void used() })
}
const hooks = () => ({ success: [], failure: [], drift })

test('a breach that a step reports calls the drift hooks at the end of the run, in their order, and fails nothing', async () => {
  const { run, events } = await workspace.run(scored(0.4), { version: { number: 1 }, hooks: hooks() })
  expect(run).toMatchObject({ status: 'completed', steps: [{ metadata: { drift: 'breach' } }] })
  expect(events.flatMap((event) => (event.type === 'drift-hook' ? [event.hook] : []))).toMatchObject([
    { name: 'broken.mjs', outcome: 'failed', error: 'no chat' },
    { name: 'told.mjs', outcome: 'done' },
  ])
  expect(await readFile(join(workspace.dir, 'told'), 'utf8')).toBe('report_drift 1\n')
  const { items } = await workspace.client.listDriftHooks({ project, runId: run.id })
  expect(items.map(({ state }) => state)).toEqual(['done', 'failed'])
})

test('nothing is called where nothing drifts; a step in a process of its own is told the same', async () => {
  const quiet = await workspace.run(scored(0), { version: { number: 1 }, hooks: hooks() })
  expect(quiet.run.steps).toMatchObject([{ metadata: { drift: 'ok' } }])
  expect(quiet.events.some(({ type }) => type === 'drift-hook')).toBe(false)
  const isolated = await workspace.run(scored(0.4, true), { version: { number: 1 }, hooks: hooks() })
  expect(isolated.run.steps).toMatchObject([{ metadata: { drift: 'breach' } }])
  expect(isolated.events.filter(({ type }) => type === 'drift-hook')).toHaveLength(2)
})

test('a run without the drift hooks of its snapshot does not start', async () => {
  const first = await workspace.run(scored(0), { version: { number: 1 }, hooks: hooks() })
  const again = workspace.run(scored(0), {
    ...{ version: { number: 1 }, snapshot: { id: first.run.snapshotId! } },
    hooks: { success: [], failure: [] },
  })
  await expect(again).rejects.toMatchObject({ code: 'hook_invalid', message: expect.stringContaining('drift hooks') })
})
