import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { CostReport, Page, Run as PipelineRun } from '@airlock-ml/contract'
import { expect, test } from 'vitest'
import { command, jsonOf } from './airlock.ts'
import { sharedProject } from './project.ts'

type Found = { ok: boolean; checks: { subject: string; outcome: string; message: string; remedy: string | null }[] }

const project = sharedProject()
const { airlock } = project

const { env } = process
const started = (...args: string[]) =>
  spawn(process.execPath, [command, ...args], { cwd: project.dir, env, stdio: ['ignore', 'pipe', 'pipe'] })

test('pipelines are listed from their files, of which none is imported, and drawn without being run', async () => {
  const broken = join(project.dir, 'src/pipelines/broken.ts')
  await writeFile(broken, 'throw new Error("imported")')
  const { items } = await jsonOf<Page<{ name: string; file: string }>>(airlock, 'pipeline', 'list')
  expect(items).toContainEqual(expect.objectContaining({ name: 'broken', snapshots: 0 }))
  await rm(broken)
  const { stdout, stderr } = await airlock('pipeline', 'show', 'training', '--format', 'mermaid')
  // It is only looked at: that its code is in no commit is no concern.
  expect(stderr).toBe('')
  expect(stdout).toContain('s_make_rows -->|"train"| s_train_model')
  expect((await jsonOf<Page<PipelineRun>>(airlock, 'run', 'list')).items).toEqual([])
}, 60_000)

test('logs are followed while a step runs, and end with the run', async () => {
  const running = started('run', 'waiting', '--json')
  const runId = await new Promise<string>((resolve) => {
    running.stderr.on('data', (chunk: Buffer) => {
      const id = /run ([0-9a-f-]{36})/.exec(String(chunk))?.[1]
      if (id) resolve(id)
    })
  })
  const following = started('run', 'logs', runId, '-f', '--json')
  const said = text(following.stdout)
  const isOver = once(following, 'exit')
  // The line came while the step still ran; only then is the run ended.
  await once(following.stdout, 'data')
  running.kill('SIGINT')
  const [[code]] = await Promise.all([isOver, once(running, 'exit')])
  expect(code).toBe(0)
  const lines = (await said).trim().split('\n')
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    line: 1,
    step: 'wait_for_cancel',
    level: 'info',
    message: 'waiting',
  })
}, 90_000)

test('what runs cost is summed by a label', async () => {
  const report = await jsonOf<CostReport>(airlock, 'cost', 'report', '--by', 'team', '--since', '1d')
  expect(report.groups).toMatchObject([{ value: 'screening', runs: 1, steps: 1 }])
  const { stderr } = await airlock('cost', 'report', '--by', 'nope')
  expect(stderr).toMatch(/No run in this report has the label nope: they have .*team/)
  expect((await airlock('cost', 'report', '--since', 'yesterday')).code).toBe(2)
}, 60_000)

test('the doctor finds a whole project well, and keys that others can read not', async () => {
  const found = await jsonOf<Found>(airlock, 'doctor')
  expect(found.checks.map(({ subject }) => subject)).toEqual(
    expect.arrayContaining(['node', 'disk', 'git', 'keys', 'exchange', 'enterprise-production stacks']),
  )
  await chmod(join(project.dir, '.airlock/credentials.json'), 0o644)
  const { code, stdout } = await airlock('doctor', '--json')
  expect(code).toBe(1)
  expect((JSON.parse(stdout) as Found).checks).toContainEqual(
    expect.objectContaining({ subject: 'keys', outcome: 'fail', remedy: expect.stringContaining('chmod 600') }),
  )
}, 60_000)

test('a configuration that does not load is a finding of the doctor', async () => {
  await writeFile(join(project.dir, 'airlock.config.ts'), 'export default {')
  const { code, stdout } = await airlock('doctor')
  expect(code).toBe(1)
  expect(stdout).toContain('✗ airlock.config.ts')
}, 60_000)
