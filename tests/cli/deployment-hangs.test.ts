import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Deployment } from '@airlock-ml/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { command, environment, jsonOf } from './airlock.ts'
import { freePort } from './free-port.ts'
import { dev, model, sharedProject } from './project.ts'
import { serviceIn, until } from './running-service.ts'

const name = 'cancer-api'
const project = sharedProject()
const { airlock } = project
let service: ReturnType<typeof serviceIn>
let port: number
/** Two versions, of which the first answers, with a step that never ends where `size` is 666. */
beforeAll(async () => {
  service = serviceIn(project.dir, name)
  const step = join(project.dir, 'src/answer-rows.ts')
  const hang = "while (requests.column('size').values.includes(666 as never));"
  await writeFile(step, (await readFile(step, 'utf8')).replace('const { labels', `${hang}\n    const { labels`))
  for (const trees of ['3', '4'])
    await airlock('run', 'training', '--environment', 'staging', '--param', `trees=${trees}`)
  await jsonOf(airlock, 'model', 'promote', model, '--to-stage', 'staging', '--model-version', '1')
  port = await freePort()
  const create = ['--pipeline', 'answering', '--environment', 'staging', '--stage', 'staging', '--name', name]
  await jsonOf(airlock, 'deployment', 'create', ...create, '--port', String(port))
}, 60_000)
afterAll(() => airlock('deployment', 'stop', name))

const shown = () =>
  jsonOf<Deployment & { here: { lastExit: { how: string } | null } }>(airlock, 'deployment', 'show', name)
const portNow = async () => Number(new URL((await service.supervisor()).url).port)

test('a port that was named is left when the settings name none any more, also while it did not run', async () => {
  expect(await portNow()).toBe(port)
  await airlock('deployment', 'stop', name)
  await airlock('deployment', 'update', name, '--set', 'port=0')
  const { url } = await jsonOf<{ url: string }>(airlock, 'deployment', 'start', name)
  const given = Number(new URL(url).port)
  expect(given).not.toBe(port)
  expect([await portNow(), await service.ask()]).toEqual([given, 'malignant by 1'])
  await airlock('deployment', 'restart', name)
  expect(await portNow()).toBe(given)
}, 60_000)

test('a process that hangs is ended and started again, and a canary that answered in it answers no more', async () => {
  await airlock('deployment', 'stop', name)
  await airlock('deployment', 'update', name, '--challenger', '2', '--mode', 'canary', '--share', '50')
  const args = [command, 'deployment', 'supervise', name, '--workspace', dev, '--stuck-ms', '3000']
  const supervisor = spawn(process.execPath, args, {
    ...{ cwd: project.dir, env: environment(project.dir, {}), stdio: 'ignore' },
  })
  const over = once(supervisor, 'exit')
  try {
    await until(
      service.supervisor,
      ({ state, supervisorPid }) => state === 'serving' && supervisorPid === supervisor.pid,
    )
    await until(
      () => service.ask(),
      (said) => said === 'malignant by 2',
    )
    expect(await service.ask(undefined, 666)).toBe('no answer')
    await until(service.supervisor, ({ state, restarts }) => state === 'serving' && restarts === 1)
    const said = new Set<string>()
    for (let times = 0; times < 20; times++) said.add(await service.ask())
    expect([...said]).toEqual(['malignant by 1'])
    const { challenger } = await until(shown, (seen) => seen.challenger === null)
    expect(challenger).toBeNull()
    expect((await airlock('deployment', 'show', name)).stdout).toContain(
      'said nothing for 3 s, as in a step that never ends, and was killed',
    )
  } finally {
    supervisor.kill('SIGTERM')
    await over
  }
}, 90_000)
