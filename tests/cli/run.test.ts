import { spawn } from 'node:child_process'
import { hash } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { ArtifactVersion, LogLine, Page, Run as PipelineRun, Snapshot } from '@airlock-ml/contract'
import { beforeAll, expect, test } from 'vitest'
import { airlockIn, command, jsonOf } from './airlock.ts'
import { model, sharedProject } from './project.ts'

const project = sharedProject()
const { airlock } = project
let trained: PipelineRun
beforeAll(async () => {
  trained = await jsonOf<PipelineRun>(airlock, 'run', 'training')
})

test('a run that fails ends with 1, registers nothing, and its document says why, alone on stdout', async () => {
  const { code, stdout, stderr } = await airlock('run', 'failing', '--json')
  expect(code).toBe(1)
  expect(stderr).toContain('chatter of a library')
  expect(JSON.parse(stdout)).toMatchObject({
    status: 'failed',
    error: { step: 'fail', message: 'nothing can be done' },
  })
  expect(await jsonOf<Page<unknown>>(airlock, 'run', 'list', '--status', 'failed')).toMatchObject({ items: [{}] })
})

test.each([
  [['run', 'trainning'], 'training'],
  [['run', 'training', '--param', 'treees=3'], 'trees'],
  [['run', 'training', '--param', 'trees=many'], 'trees'],
  [['run', 'training', '--stack', 'dev-stak'], 'dev-stak'],
])('airlock %j is refused and names what is meant', async (args, named) => {
  const { code, stderr } = await airlock(...args)
  expect(code).toBe(1)
  expect(stderr).toContain(named)
})

test('isolated steps find the platform in a project that has not installed it', async () => {
  const file = join(project.dir, 'src/pipelines/isolated.ts')
  const source = `import { json, pipeline, step } from '@airlock-ml/sdk'
export const make = step({ name: 'make', outputs: { n: json<number>() }, run: () => ({ n: 1 }) })
export default pipeline({
  name: 'isolated',
  build: () => {
    make({ isolation: 'process' })
    make({ name: 'make_again', isolation: 'thread' })
  },
})
`
  await writeFile(file, source)
  const { status, error } = await jsonOf<PipelineRun>(airlock, 'run', 'isolated')
  expect({ status, error }).toEqual({ status: 'completed', error: null })
})

test('two ways to say the version are wrong usage', async () => {
  expect((await airlock('run', 'scoring', '--model-version', '1', '--stage', 'staging')).code).toBe(2)
})

test('a consuming run is pinned to the version that was named, from any folder of the project', async () => {
  const below = join(project.dir, 'src')
  await mkdir(below, { recursive: true })
  const run = await jsonOf<PipelineRun>(airlockIn(below), 'run', 'scoring', '--model-version', '1')
  expect(run.model).toMatchObject({ action: 'consumes', name: model, number: 1, digest: trained.model?.digest })
})

test('logs of a run are read oldest first, and of one step alone', async () => {
  const logs = await jsonOf<Page<LogLine>>(airlock, 'run', 'logs', trained.id, '--step', 'make_rows')
  expect(logs.items).toMatchObject([{ level: 'info', message: 'made 120 rows' }])
  expect(await jsonOf<Page<LogLine>>(airlock, 'run', 'logs', trained.id, '--step', 'train_model')).toMatchObject({
    items: [],
  })
})

test('an artifact is written to a file with the bytes of its digest', async () => {
  const page = await jsonOf<Page<ArtifactVersion>>(airlock, 'artifact', 'list', '--name', 'training.train_model.model')
  const [artifact] = page.items
  await jsonOf(airlock, 'artifact', 'download', artifact?.id ?? '', '-o', 'model.onnx')
  const bytes = await readFile(join(project.dir, 'model.onnx'))
  expect(hash('sha256', bytes)).toBe(artifact?.digest)
  expect(trained.model?.digest).toBe(artifact?.digest)
})

test('the same code and parameters give the same snapshot, other parameters another', async () => {
  const build = ['snapshot', 'build', '--pipeline', 'training', '--environment', 'staging']
  const first = await jsonOf<Snapshot>(airlock, ...build)
  expect((await jsonOf<Snapshot>(airlock, ...build)).id).toBe(first.id)
  expect((await jsonOf<Snapshot>(airlock, ...build, '--param', 'trees=3')).digest).not.toBe(first.digest)
  expect(await jsonOf(airlock, ...build, '--run')).toMatchObject({ status: 'completed', snapshotId: first.id })
})

test('`stack set` chooses the stack of local runs', async () => {
  await jsonOf(airlock, 'stack', 'set', 'staging-stack')
  expect(await jsonOf(airlock, 'snapshot', 'build', '--pipeline', 'failing')).toMatchObject({
    spec: { stack: 'staging-stack' },
  })
})

test('pages follow each other by their cursor', async () => {
  const first = await jsonOf<Page<PipelineRun>>(airlock, 'run', 'list', '--limit', '1')
  expect(first.items).toHaveLength(1)
  const cursor = first.nextCursor ?? ''
  const second = await jsonOf<Page<PipelineRun>>(airlock, 'run', 'list', '--limit', '1', '--cursor', cursor)
  expect(second.items[0]?.id).not.toBe(first.items[0]?.id)
})

test('Ctrl-C cancels a run, which is recorded as that', async () => {
  const child = spawn(process.execPath, [command, 'run', 'waiting', '--json'], {
    cwd: project.dir,
    // In CI the steps say nothing.
    env: { ...process.env, CI: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let isSent = false
  child.stderr.on('data', (chunk: Buffer) => {
    if (isSent || !String(chunk).includes('info: waiting')) return
    isSent = child.kill('SIGINT')
  })
  const [document, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')])
  expect(code).toBe(1)
  const run = JSON.parse(document) as PipelineRun
  expect(run).toMatchObject({ status: 'cancelled', error: { message: expect.stringContaining('SIGINT') } })
  expect(await jsonOf(airlock, 'run', 'show', run.id)).toEqual(run)
})
