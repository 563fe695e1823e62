import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Run as PipelineRun } from '@airlock-ml/contract'
import { expect, test } from 'vitest'
import { command, jsonOf } from './airlock.ts'
import { sharedProject } from './project.ts'

const project = sharedProject()
const { airlock } = project

/** Starts the pipeline that waits, and answers when it does. */
async function startWaiting() {
  const child = spawn(process.execPath, [command, 'run', 'waiting', '--json'], {
    // In CI the steps say nothing.
    env: { ...process.env, CI: '' },
    cwd: project.dir,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const document = text(child.stdout)
  const ended = once(child, 'exit')
  await new Promise<void>((resolve) => {
    child.stderr.on('data', (chunk: Buffer) => String(chunk).includes('info: waiting') && resolve())
  })
  const { items } = await jsonOf<{ items: PipelineRun[] }>(airlock, 'run', 'list', '--status', 'running')
  return { child, id: items[0]?.id ?? '', document, ended }
}

test('`run cancel` ends a run of another process, and both say by whom and why', async () => {
  const { id, document, ended } = await startWaiting()
  const cancelled = await airlock('run', 'cancel', id, '--reason', 'wrong data', '--json')
  expect(cancelled.code).toBe(0)
  expect(JSON.parse(cancelled.stdout)).toMatchObject({
    status: 'cancelled',
    error: { message: 'cancelled by ada: wrong data' },
    steps: [{ status: 'cancelled' }],
  })
  expect((await ended)[0]).toBe(1)
  expect(JSON.parse(await document)).toMatchObject({ id, status: 'cancelled' })
  const again = await airlock('run', 'cancel', id)
  expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('is cancelled') })
  for (const said of ['latest', id.slice(0, 35)]) {
    expect(await jsonOf(airlock, 'run', 'show', said)).toMatchObject({ id })
    expect((await airlock('run', 'logs', said)).stdout).toContain('waiting')
  }
}, 90_000)

test('a run whose process is gone is cancelled at once', async () => {
  const { child, id, ended } = await startWaiting()
  child.kill('SIGKILL')
  await ended
  expect(await jsonOf(airlock, 'run', 'cancel', id)).toMatchObject({
    status: 'cancelled',
    cancelRequest: { by: 'ada' },
  })
}, 90_000)

test('`run retry` goes on where a run failed, and shows what it took over; other code is refused', async () => {
  const needs = join(project.dir, '.airlock/needed')
  const first = await airlock('run', 'fragile', '--param', `needs=${needs}`, '--json')
  const failed = JSON.parse(first.stdout) as PipelineRun
  expect(failed).toMatchObject({ status: 'failed', error: { step: 'need_file' } })
  expect((await airlock('run', 'show', failed.id)).stdout).toMatch(/need_file, attempt 1, .*: ENOENT/)
  await writeFile(needs, '')
  const done = await airlock('run', 'retry', failed.id, '--json')
  expect(done.stderr).toContain(`cached from run ${failed.id}`)
  const run = JSON.parse(done.stdout) as PipelineRun
  expect(run).toMatchObject({ status: 'completed', snapshotId: failed.snapshotId })
  expect(Object.fromEntries(run.steps.map(({ name, status, cachedFrom }) => [name, [status, cachedFrom]]))).toEqual({
    make_rows: ['cached', failed.id],
    count_rows: ['cached', failed.id],
    need_file: ['completed', null],
  })
  await appendFile(join(project.dir, 'src/steps.ts'), '\n// changed\n')
  const changed = await airlock('run', 'retry', failed.id)
  expect(changed).toMatchObject({ code: 1, stderr: expect.stringContaining('snapshot_code_differs') })
}, 90_000)
