import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Deployment } from '@airlock-ml/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { command, jsonOf } from './airlock.ts'
import { model, sharedProject } from './project.ts'
import { serviceIn, until } from './running-service.ts'

const name = 'cancer-api'
const project = sharedProject()
const { airlock } = project
let service: ReturnType<typeof serviceIn>
beforeAll(async () => {
  service = serviceIn(project.dir, name)
  for (const trees of ['3', '4'])
    await airlock('run', 'training', '--environment', 'staging', '--param', `trees=${trees}`)
  await promote('1')
})
afterAll(() => airlock('deployment', 'stop', name))

const promote = (version: string) =>
  jsonOf(airlock, 'model', 'promote', model, '--to-stage', 'staging', '--model-version', version)
const create = ['deployment', 'create', '--pipeline', 'answering', '--environment', 'staging', '--stage', 'staging']

type Shown = Deployment & {
  swap: { act: string; commitToLastOldAnswerMs: number } | null
  here: { isRunning: boolean }
}
const show = () => jsonOf<Shown>(airlock, 'deployment', 'show', name)

test('a deployment is made, and its service answers after the command has ended', async () => {
  const { code, stdout, stderr } = await airlock(...create, '--name', name, '--key-name', 'portal')
  expect([code, stderr]).toEqual([0, expect.stringContaining(`airlock deployment invoke ${name} --example`)])
  expect(stdout).toMatch(/answers +breast_cancer_classifier 1\nkey +ald_[\w-]{43}/)
  const portal = /ald_\S+/.exec(stdout)?.[0] ?? ''
  expect((await show()).report?.counts).toMatchObject({ requests: 0, refused: 0 })
  expect([await service.ask(), await service.ask(portal), await service.ask('ald_no')]).toEqual([
    ...['malignant by 1', 'malignant by 1', 'service_key_refused'],
  ])
  const log = await service.log()
  const { secret, invokeKey } = await service.kept()
  for (const each of [portal, secret, invokeKey]) expect(log).not.toContain(each)
})

test('it is asked by command, about a row of the evaluation data or rows of a file', async () => {
  const example = await airlock('deployment', 'invoke', name, '--example', '--json')
  expect(example.stderr).toContain('The row is from the evaluation data of breast_cancer_classifier 1')
  expect(JSON.parse(example.stdout)).toMatchObject({ predictionId: expect.any(String), model: { version: 1 } })
  await writeFile(join(project.dir, 'rows.json'), '[{"size":9,"texture":1},{"size":1,"texture":1}]')
  const { predictions } = await jsonOf<{ predictions: { label: string }[] }>(
    airlock,
    ...['deployment', 'invoke', name, '--data', 'rows.json'],
  )
  expect(predictions.map(({ label }) => label)).toEqual(['malignant', 'benign'])
  await writeFile(join(project.dir, 'rows.json'), '{"size":9}')
  const wrong = await airlock('deployment', 'invoke', name, '--data', 'rows.json')
  expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('"texture" is missing')])
  expect((await airlock('deployment', 'invoke', name)).code).toBe(2)
})

test('promotion, rollback and recall of who answers reach it, and how long that took is shown', async () => {
  await promote('2')
  await until(
    () => service.ask(),
    (answer) => answer === 'malignant by 2',
  )
  const rollback = ['model', 'rollback', model, '--stage', 'staging', '--reason', 'worse']
  await jsonOf(airlock, ...rollback)
  await until(
    () => service.ask(),
    (answer) => answer === 'malignant by 1',
  )
  const { swap } = await until(show, (shown) => shown.swap?.act === 'rollback')
  expect(swap?.commitToLastOldAnswerMs).toBeLessThan(5_000)
  expect((await airlock('deployment', 'show', name)).stdout).toMatch(/took over +1 from 2: \d+ ms from the rollback/)
  await jsonOf(airlock, 'recall', '--model', model, '--model-version', '1', '--reason', 'harm')
  await until(
    () => service.ask(),
    (answer) => answer === 'nobody_serves',
  )
}, 60_000)

test('killed, it is started again at the same address; stopped and started, too', async () => {
  const before = await service.supervisor()
  process.kill(before.pids[0]!, 'SIGKILL')
  const after = await until(service.supervisor, ({ state, restarts }) => state === 'serving' && restarts === 1)
  expect([after.url, await service.ask()]).toEqual([before.url, 'nobody_serves'])
  const again = await airlock('deployment', 'start', name)
  expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('deployment_runs')])
  await airlock('deployment', 'stop', name)
  expect([(await service.supervisor()).state, await service.ask()]).toEqual(['stopped', 'no answer'])
  expect(await show()).toMatchObject({ state: 'stopped', here: { isRunning: false } })
  await airlock('deployment', 'start', name)
  expect((await service.supervisor()).url).toBe(before.url)
})

test('when what keeps it running is killed it stops, too, and can be started; its log is followed', async () => {
  const { supervisorPid, url } = await service.supervisor()
  process.kill(supervisorPid, 'SIGKILL')
  await until(
    () => service.ask(),
    (answer) => answer === 'no answer',
  )
  expect((await airlock('deployment', 'show', name)).stdout).toMatch(/runs here +no, last serving/)
  const args = ['deployment', 'logs', name, '-f', '--lines', '1']
  const following = spawn(process.execPath, [command, ...args], {
    cwd: project.dir,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines: string[] = []
  createInterface({ input: following.stdout }).on('line', (line) => lines.push(line))
  await until(
    async () => lines.length,
    (count) => count > 0,
  )
  await airlock('deployment', 'start', name)
  expect((await service.supervisor()).url).toBe(url)
  await until(
    async () => lines.join('\n'),
    (text) => text.includes('supervisor started') && text.includes('listens'),
  )
  following.kill('SIGTERM')
  expect(await once(following, 'exit')).toEqual([0, null])
  const { lines: last } = await jsonOf<{ lines: string[] }>(airlock, 'deployment', 'logs', name, '--lines', '2')
  expect(last).toHaveLength(2)
})

test('its code is what was deployed, whatever becomes of the project’s', async () => {
  const source = await readFile(join(project.dir, 'src/answer-rows.ts'), 'utf8')
  await writeFile(join(project.dir, 'src/answer-rows.ts'), 'throw new Error("edited")')
  expect((await airlock('deployment', 'restart', name)).code).toBe(0)
  const kept = join(service.dir, 'code', (await show()).snapshotId, 'src/answer-rows.ts')
  await writeFile(kept, 'throw new Error("tampered")')
  const { code, stderr } = await airlock('deployment', 'restart', name)
  expect([code, stderr]).toEqual([1, expect.stringContaining('answer-rows.ts was changed')])
  expect((await show()).here.isRunning).toBe(false)
  await writeFile(join(project.dir, 'src/answer-rows.ts'), source)
  await jsonOf(airlock, 'deployment', 'redeploy', name)
  expect(await service.ask()).toBe('nobody_serves')
})

test('taken over where it runs, it goes on with a new secret', async () => {
  const before = await readFile(join(service.dir, 'service.json'), 'utf8')
  const { code, stderr } = await airlock('deployment', 'start', name, '--take-over')
  expect(code, stderr).toBe(0)
  expect(JSON.parse(await readFile(join(service.dir, 'service.json'), 'utf8')).secret).not.toBe(
    JSON.parse(before).secret,
  )
  expect(await service.ask()).toBe('nobody_serves')
})

test('a deployment that cannot be served says why, and leaves nothing running', async () => {
  const { code, stderr } = await airlock('deployment', 'start', 'no-such')
  expect([code, stderr]).toEqual([1, expect.stringContaining('deployment_not_here')])
  const unfit = await airlock(
    'deployment',
    'create',
    '--pipeline',
    'scoring',
    '--environment',
    'staging',
    '--name',
    'x',
  )
  expect([unfit.code, unfit.stderr]).toEqual([1, expect.stringContaining('deployment_snapshot_unfit')])
})
