import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Run as PipelineRun } from '@airlock-ml/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { airlockIn, jsonOf, type Run, temporaryFolder } from './airlock.ts'
import { model } from './project.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let airlock: Run
let trained: PipelineRun
beforeAll(async () => {
  folder = await temporaryFolder()
  await airlockIn(folder.dir)('init', 'screening', '--admin', 'ada')
  airlock = airlockIn(join(folder.dir, 'screening'))
  trained = await jsonOf<PipelineRun>(airlock, 'run', 'training', '--param', 'trees=5')
}, 120_000)
afterAll(() => folder.remove())

test('the report of a run is that of the version it trained, as Markdown or data', async () => {
  const [ofRun, ofVersion] = [
    await airlock('report', 'show', trained.id),
    await airlock('report', 'show', `${model}/1`),
  ]
  expect(ofRun.stdout).toContain('| accuracy | ')
  expect(ofVersion.stdout).toBe(ofRun.stdout)
  const head = ofRun.stdout.slice(0, ofRun.stdout.indexOf('held-out rows')).replaceAll('\\', '')
  expect(head).toContain(`Version: ${model}/1`)
  expect(head).toContain(`Run: ${trained.id}`)
  const shown = await jsonOf<{ dataSets: { from: string; digest: string; rows: number | null }[] }>(
    airlock,
    'report',
    'show',
    `${model}/1`,
  )
  expect(shown).toMatchObject({ formatVersion: 1, rows: 129 })
  const tables = trained.steps.flatMap(({ name, outputs }) =>
    Object.entries(outputs).flatMap(([output, { type, digest }]) =>
      type === 'table' ? [[`${name}.${output}`, digest]] : [],
    ),
  )
  expect(shown.dataSets.map(({ from, digest }) => [from, digest]).sort()).toEqual(tables.sort())
  expect(shown.dataSets.map(({ rows }) => rows)).toContain(129)
  for (const { digest } of shown.dataSets) expect(ofVersion.stdout).toContain(digest)
})

test('HTML is written to a file, whole', async () => {
  const file = join(folder.dir, 'report.html')
  expect((await airlock('report', 'show', `${model}/1`, '--format', 'html', '-o', file)).code).toBe(0)
  expect(await readFile(file, 'utf8')).toMatch(/^<!doctype html>.*<\/html>\n$/s)
})

test.each([
  [['nobody/1'], 1, 'No such model'],
  [[`${model}/1`, '--format', 'pdf'], 2, 'pdf'],
  [[`${model}/1`, '-o', 'no/such/folder/report.md'], 1, 'cannot be written'],
])('airlock report show %j is refused in words', async (args, code, message) => {
  const refused = await airlock('report', 'show', ...args)
  expect(refused.code).toBe(code)
  expect(refused.stderr).toContain(message)
})

test('a run without a report says so', async () => {
  const scored = await jsonOf<PipelineRun>(airlock, 'run', 'batch-inference', '--model-version', '1')
  const { code, stderr } = await airlock('report', 'show', scored.id)
  expect(code).toBe(1)
  expect(stderr).toContain('has made no JSON output called report')
})
