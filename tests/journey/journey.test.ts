// The way of the demo, with real processes, in a folder outside of the clone; then the same over HTTP.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileSigner, signDecision } from '@airlock-ml/bundle'
import type { AuditEvent, BatchManifest, ModelVersion, Page, Promotion, Run, StageChange } from '@airlock-ml/contract'
import { sha256Hex } from '@airlock-ml/stack'
import { readParquet } from '@airlock-ml/tabular'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chapters } from '../../scripts/demo/chapters.ts'
import { type Demo, openDemo } from '../../scripts/demo/demo.ts'
import { makeProject } from '../../scripts/demo/make-project.ts'
import { DEV, MODEL, PREDICTIONS, PRODUCTION } from '../../scripts/demo/names.ts'
import { command } from '../cli/airlock.ts'
import { serveProject } from './serve-project.ts'

const CHAPTER_MS = 180_000
const root = dirname(dirname(import.meta.dirname))
let folder: string
let demo: Demo
const shown: string[] = []

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'journey-'))
  const dir = join(folder, 'cancer-detection')
  makeProject(root, dir, join(command, '../../..'))
  demo = openDemo({ dir, isColoured: false, write: (text) => void shown.push(text) })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const items = async <T>(line: string): Promise<T[]> => (await demo.ask<Page<T>>(line)).items

for (const [at, { title, run }] of chapters.entries()) {
  test(`chapter ${at + 1}: ${title}`, { timeout: CHAPTER_MS }, () => run(demo))
}

test('the workspaces and the exchange are where a project keeps them, hidden from git', () => {
  const home = join(demo.dir, '.airlock')
  for (const workspace of [DEV, PRODUCTION]) expect(existsSync(join(home, workspace, 'workspace.db'))).toBe(true)
  expect(readdirSync(join(home, 'exchange', 'bundles'))).toHaveLength(2)
  expect(readFileSync(join(home, '.gitignore'), 'utf8')).toBe('*\n')
})

test('no secret was shown', () => {
  const credentials = readFileSync(join(demo.dir, '.airlock', 'credentials.json'), 'utf8')
  const keys = [...credentials.matchAll(/alk_\w+/g)].map(([key]) => key)
  expect(keys).toHaveLength(8)
  for (const key of keys) expect(shown.join('')).not.toContain(key)
})

test('what labels and services found of a version is evidence that a gate of its stage can ask for', async () => {
  const gates = [
    [
      'tried_beside',
      "comparison.mode == 'shadow' && comparison.verdict == 'not enough data' && comparison.rows == 129",
    ],
    ['never_drifted', 'monitoring.windows >= 2 && monitoring.breaches == 0'],
  ].map(([name, expression]) => `  - { name: ${name}, expression: "${expression}", message: No, remedy: None }`)
  const file = join(folder, 'live.yaml')
  writeFileSync(file, ['name: live', 'stage: staging', 'gates:', ...gates, 'approvals: { required: 0 }', ''].join('\n'))
  const tried = await demo.airlock(`policy test ${file} --model ${MODEL} --model-version 4`, { exitCode: 1 })
  expect(tried).toMatch(/passed +tried_beside .+\[asserted\]/)
  expect(tried).toMatch(/failed +never_drifted .+\[asserted\]/)
})

test('what took the canary out is on record, as an act of its own service', async () => {
  const [event] = await items<AuditEvent>('audit list --type deployment.challenger-set --limit 1 --as ada')
  expect(event).toMatchObject({
    ...{ actor: { name: expect.stringMatching(/^deployment-cancer-trial-/) }, after: { challenger: null, number: 4 } },
    ...{ before: { challenger: { mode: 'canary', number: 4, share: 0.25 } }, outcome: 'done' },
    reason: expect.stringMatching(/^It says malignant of /),
  })
})

test('production holds exactly what was imported, with its numbers on both sides', async () => {
  const versions = await items<ModelVersion>(`model version list ${MODEL} --workspace ${PRODUCTION}`)
  expect(versions.map(({ number, stage, source }) => [number, stage, source.workspace, source.number])).toEqual([
    [2, 'archived', DEV, 3],
    [1, 'production', DEV, 2],
  ])
  const history = await items<StageChange>(`model history ${MODEL} --workspace ${PRODUCTION}`)
  expect(history.map(({ act, number, previousNumber }) => [act, number, previousNumber])).toEqual([
    ['rollback', 1, 2],
    ['import', 2, 1],
    ['import', 1, null],
  ])
})

test('the scaler travels as an artifact of its own', async () => {
  const [version] = await items<ModelVersion>(
    `model version list ${MODEL} --stage production --workspace ${PRODUCTION}`,
  )
  const roles = ['evaluation', 'metrics', 'model', 'profile', 'report', 'scaler', 'training_rows']
  expect(Object.keys(version?.artifacts ?? {}).sort()).toEqual(roles)
  const file = join(folder, 'scaler.json')
  await demo.airlock(`artifact download ${version?.artifacts.scaler?.id} --output ${file} --workspace ${PRODUCTION}`)
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ kind: 'standard_scaler' })
})

test('the manifest of the predictions is the artifact of the run that their rows name', async () => {
  const part = join(demo.dir, PREDICTIONS, 'part-00000.parquet')
  const [row] = (await readParquet(part)).toRows()
  const run = await demo.ask<Run>(`run show ${row?.run_id} --workspace ${PRODUCTION}`)
  expect(run).toMatchObject({
    status: 'completed',
    pipeline: 'batch-inference',
    model: { number: 1, action: 'consumes' },
  })
  const made = run.steps.find(({ name }) => name === 'predict_batch')?.outputs.manifest
  const copy = join(folder, 'manifest.json')
  await demo.airlock(`artifact download ${made?.id} --output ${copy} --workspace ${PRODUCTION}`)
  const manifest = JSON.parse(readFileSync(copy, 'utf8')) as BatchManifest
  expect(manifest).toEqual(JSON.parse(readFileSync(join(demo.dir, PREDICTIONS, 'manifest.json'), 'utf8')))
  expect(manifest).toMatchObject({ runIds: [run.id], model: { number: 1, digest: run.model?.digest } })
  expect(manifest.parts.map(({ digest }) => digest)).toEqual([sha256Hex(readFileSync(part))])
})

test('a failed validation fails the run, names the cause, and registers nothing', { timeout: CHAPTER_MS }, async () => {
  const before = await items<ModelVersion>(`model version list ${MODEL}`)
  const data = await demo.airlock('run training --param data=data/new_patients.csv', { exitCode: 1 })
  expect(data).toContain('Column "target" is missing')
  expect(data).toContain('There are only 20 rows')
  expect(data).toContain('hook error: training failed in local at validate_data_quality')
  const model = await demo.airlock('run training --param min_recall=1', { exitCode: 1 })
  expect(model).toContain('recall is 0.98, and 1 is the least')
  expect(await items<ModelVersion>(`model version list ${MODEL}`)).toEqual(before)
})

test('`airlock up` serves both workspaces, and a promotion goes over HTTP', { timeout: CHAPTER_MS }, async () => {
  await using served = await serveProject(demo.dir)
  expect(Object.keys(served.urls)).toEqual([DEV, PRODUCTION])
  for (const url of Object.values(served.urls)) expect((await fetch(`${url}/readyz`)).status).toBe(200)

  await demo.airlock('run training --environment staging --param trees=150 --as ci')
  await demo.airlock(`model promote ${MODEL} --to-stage staging`)
  const route = `--source-workspace ${DEV} --dest-workspace ${PRODUCTION}`
  await demo.airlock(`promote --model ${MODEL} ${route} --as ci`, { exitCode: 3 })

  const promotions = `/projects/cancer-detection/promotions`
  const [waiting] = (await served.get<Page<Promotion>>(PRODUCTION, 'bob', `${promotions}?limit=1`)).items
  expect(waiting).toMatchObject({
    state: 'awaiting_approval',
    requestedBy: 'ci',
    source: { workspace: DEV, number: 5 },
  })
  const digest = waiting?.planDigest ?? ''
  const key = readFileSync(join(demo.dir, '.airlock', 'decision-keys', PRODUCTION, 'bob.pem'), 'utf8')
  const subject = { kind: 'promotion' as const, id: waiting?.id ?? '' }
  const decision = { workspace: PRODUCTION, verdict: 'approved' as const, subject, digest, by: 'bob', reason: null }
  const approval = { planDigest: digest, signature: await signDecision(fileSigner(key), decision) }
  await served.post(PRODUCTION, 'bob', `${promotions}/${waiting?.id}/approve`, approval)
  await demo.airlock(`promotion wait ${waiting?.id} --workspace ${PRODUCTION} --as ci`)

  const done = await served.get<Promotion>(PRODUCTION, 'bob', `${promotions}/${waiting?.id}`)
  expect(done).toMatchObject({ state: 'completed', version: { number: 3 } })
  const [holder] = await items<ModelVersion>(`model version list ${MODEL} --stage production --workspace ${PRODUCTION}`)
  expect(holder).toMatchObject({ number: 3, source: { number: 5 } })
})

test('after `airlock up` has stopped the commands open the workspaces themselves', async () => {
  expect(existsSync(join(demo.dir, '.airlock', PRODUCTION, 'server.json'))).toBe(false)
  expect(await demo.airlock(`workspace check ${PRODUCTION} --as ada`)).toContain('is consistent')
})
