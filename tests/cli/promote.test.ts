import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ModelVersion, Page, PlanResult, Promotion, StageChange, Run as TrainingRun } from '@airlock-ml/contract'
import { beforeAll, expect, test } from 'vitest'
import { airlockIn, jsonOf } from './airlock.ts'
import { addApprover, dev, model, production, sharedProject } from './project.ts'

const project = sharedProject()
const { airlock } = project
beforeAll(async () => {
  await addApprover(airlock)
})

const between = ['--model', model, '--source-workspace', dev, '--dest-workspace', production]
const ofProduction = ['--workspace', production]

test('a run that trains registers a version; its progress is a line a step on stderr', async () => {
  const { code, stdout, stderr } = await airlock('run', 'training', '--environment', 'staging', '--json')
  expect(code).toBe(0)
  const run = JSON.parse(stdout) as TrainingRun
  expect(run).toMatchObject({ status: 'completed', stack: 'staging-stack', model: { name: model, number: 1 } })
  expect(run.labels).toEqual({ team: 'screening' })
  for (const step of ['make_rows', 'train_model', 'evaluate_model'])
    expect(stderr).toMatch(new RegExp(`✓ ${step}.* m?s`))
})

test('the document of a model version has what scripts read', async () => {
  const { items, nextCursor } = await jsonOf<Page<ModelVersion>>(airlock, 'model', 'version', 'list', model)
  expect(nextCursor).toBeNull()
  expect(items).toEqual([
    expect.objectContaining({
      model,
      number: 1,
      stage: 'none',
      metrics: expect.objectContaining({ accuracy: expect.any(Number) }),
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      source: expect.objectContaining({ workspace: dev, number: 1 }),
    }),
  ])
  expect(await jsonOf(airlock, 'model', 'version', 'show', model, '1')).toEqual({ ...items[0], destinations: [] })
})

test('a version enters staging, and the same command again ends well', async () => {
  const args = ['model', 'promote', model, '--to-stage', 'staging']
  const first = await jsonOf<{ version: ModelVersion; change: StageChange }>(airlock, ...args)
  expect(first.version).toMatchObject({ number: 1, stage: 'staging' })
  const again = await jsonOf<{ version: ModelVersion; change: StageChange }>(airlock, ...args)
  expect(again.change).toEqual(first.change)
})

test('--plan says what production would do, and asks for nothing', async () => {
  const plan = await jsonOf<PlanResult>(airlock, 'promote', ...between, '--plan')
  expect(plan).toMatchObject({ verdict: 'passed', approvals: { required: 1, roles: ['approver'] } })
  expect(await jsonOf(airlock, 'promotion', 'list', ...ofProduction)).toEqual({ items: [], nextCursor: null })
})

test('--export-only prints the address alone and tells the next steps of GitHub', async () => {
  const GITHUB_OUTPUT = join(project.dir, 'github-output')
  const args = ['promote', '--model', model, '--source-workspace', dev, '--export-only']
  const { code, stdout } = await airlockIn(project.dir, { GITHUB_OUTPUT })(...args)
  expect(code).toBe(0)
  expect(stdout).toMatch(/^file:\/\/\S+\n$/)
  expect(await readFile(GITHUB_OUTPUT, 'utf8')).toBe(`path=${stdout}`)
  expect(await jsonOf(airlock, ...args)).toEqual({
    bundle: { uri: stdout.trim(), digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
  })
})

let id: string
test('a promotion that awaits approval ends with 3 and names the command for an approver', async () => {
  const { code, stdout } = await airlock('promote', ...between)
  expect(code).toBe(3)
  id = /airlock promotion approve (\S+) --workspace enterprise-production --as APPROVER/.exec(stdout)?.[1] ?? ''
  expect(id).not.toBe('')
})

test('run again from the exported bundle it goes on with the same promotion, whose document scripts can read', async () => {
  const bundle = (await jsonOf<Promotion>(airlock, 'promotion', 'show', id, ...ofProduction)).bundle
  const importing = ['promote', '--model', model, '--dest-workspace', production, '--import-from', bundle.uri]
  const { code, stdout } = await airlock(...importing, '--json')
  expect(code).toBe(3)
  expect(JSON.parse(stdout)).toMatchObject({
    id,
    state: 'awaiting_approval',
    gates: [{ name: 'accuracy', verdict: 'passed', grade: 'recomputed' }],
    approvals: [],
    bundle: { uri: bundle.uri, digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
  })
})

test('whoever asked may not approve, and nobody approves unseen without --yes', async () => {
  const refused = await airlock('promotion', 'approve', id, '--yes', ...ofProduction)
  expect(refused.code).toBe(1)
  const unseen = await airlock('promotion', 'approve', id, '--as', 'ben', ...ofProduction)
  expect(unseen.code).toBe(2)
  expect(unseen.stderr).toMatch(/do .*`--yes`/)
  expect(await jsonOf(airlock, 'promotion', 'show', id, ...ofProduction)).toMatchObject({ approvals: [] })
})

test('an approval of another plan than the one there is refused', async () => {
  const other = ['--plan-digest', 'f'.repeat(64)]
  const { code, stdout } = await airlock(
    'promotion',
    'approve',
    id,
    '--as',
    'ben',
    ...other,
    '--yes',
    '--json',
    ...ofProduction,
  )
  expect(code).toBe(1)
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'plan_changed' } })
})

test('once approved it is imported, and both commands can be run again', async () => {
  const approve = ['promotion', 'approve', id, '--as', 'ben', '--yes', ...ofProduction]
  const done = await jsonOf<Promotion>(airlock, ...approve)
  expect(done).toMatchObject({ id, state: 'completed', version: { number: 1 }, approvals: [{ by: 'ben' }] })
  expect(await jsonOf(airlock, ...approve)).toEqual(done)
  expect(await jsonOf(airlock, 'promote', ...between)).toEqual(done)
})

test('a second version is promoted and rolled back; the history says all of it', async () => {
  await airlock('run', 'training', '--environment', 'staging', '--param', 'trees=9')
  await airlock('model', 'promote', model, '--to-stage', 'staging', '--model-version', '2')
  const { stdout } = await airlock('promote', ...between, '--json')
  const second = (JSON.parse(stdout) as Promotion).id
  await jsonOf(airlock, 'promotion', 'approve', second, '--as', 'ben', '--yes', ...ofProduction)
  const rollback = ['model', 'rollback', model, '--reason', 'too slow', '--to-version', '1', ...ofProduction]
  expect(await jsonOf(airlock, ...rollback, '--dry-run')).toMatchObject({
    dryRun: true,
    change: null,
    to: { number: 1 },
  })
  expect(await jsonOf(airlock, ...rollback)).toMatchObject({
    from: { number: 2 },
    to: { number: 1, stage: 'production' },
  })
  expect(await jsonOf(airlock, ...rollback)).toMatchObject({ from: { number: 2 }, to: { number: 1 } })
  const history = await jsonOf<Page<StageChange>>(airlock, 'model', 'history', model, ...ofProduction)
  expect(history.items.map(({ act, number, reason }) => [act, number, reason])).toEqual([
    ['rollback', 1, 'too slow'],
    ['import', 2, 'approved by ben'],
    ['import', 1, 'approved by ben'],
  ])
})

test('both workspaces are consistent afterwards', async () => {
  for (const workspace of [dev, production]) {
    expect(await jsonOf(airlock, 'workspace', 'check', workspace)).toMatchObject({ consistent: true, findings: [] })
  }
})
