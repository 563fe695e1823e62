import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Promotion } from '@airlock-ml/contract'
import { afterEach, expect, test } from 'vitest'
import { command, jsonOf } from './airlock.ts'
import { addApprover, dev, model, production, sharedProject } from './project.ts'

type Served = { name: string; url: string; pid: number }

const project = sharedProject()
const { airlock } = project
let up: ChildProcess | undefined
afterEach(async () => {
  if (!up || up.exitCode !== null || up.signalCode !== null) return
  up.kill('SIGTERM')
  await once(up, 'exit')
})

async function startUp(): Promise<{ child: ChildProcess; served: Served[] }> {
  const child = spawn(process.execPath, [command, 'up', '--port', '0', '--json'], {
    cwd: project.dir,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  up = child
  let printed = ''
  for await (const chunk of child.stdout ?? []) {
    printed += String(chunk)
    if (printed.trimEnd().endsWith('\n}')) break
  }
  return { child, served: (JSON.parse(printed) as { workspaces: Served[] }).workspaces }
}

/** Looks until it is so; the process under test needs a moment. */
async function until(isSo: () => Promise<boolean> | boolean): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (await isSo()) return
    await wait(50)
  }
  throw new Error('it did not come to be')
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
const lockOf = (name: string) => join(project.dir, '.airlock', name, 'server.json')
const answers = (url: string) =>
  fetch(`${url}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  )

test('each workspace is a process of its own; commands go over HTTP meanwhile; SIGTERM drains', async () => {
  const { child, served } = await startUp()
  expect(served.map(({ name }) => name)).toEqual([dev, production])
  expect(new Set([...served.map(({ pid }) => pid), child.pid]).size).toBe(3)
  const list = await jsonOf<{ items: { url: string }[] }>(airlock, 'workspace', 'list')
  expect(list.items.map(({ url }) => url)).toEqual(served.map(({ url }) => url))
  expect(await jsonOf(airlock, 'whoami')).toMatchObject({ actor: { name: 'ada' } })
  expect((await airlock('up')).stderr).toContain('is served at')
  child.kill('SIGTERM')
  expect(await once(child, 'exit')).toEqual([0, null])
  expect(served.map(({ pid }) => isAlive(pid))).toEqual([false, false])
  expect([dev, production].map((name) => existsSync(lockOf(name)))).toEqual([false, false])
  expect((await airlock('whoami')).code).toBe(0)
})

test('over HTTP a pipeline runs here and a promotion is the work of the servers', async () => {
  await addApprover(airlock)
  await startUp()
  await jsonOf(airlock, 'run', 'training', '--environment', 'staging')
  await jsonOf(airlock, 'model', 'promote', model, '--to-stage', 'staging')
  const promote = ['promote', '--model', model, '--source-workspace', dev, '--dest-workspace', production]
  const { code, stdout } = await airlock(...promote, '--json')
  expect(code).toBe(3)
  const { id, state } = JSON.parse(stdout) as Promotion
  expect(state).toBe('awaiting_approval')
  const approve = ['promotion', 'approve', id, '--as', 'ben', '--yes', '--workspace', production]
  expect(await jsonOf(airlock, ...approve)).toMatchObject({ state: 'completed', version: { number: 1 } })
})

test('a workspace whose process is killed is served again at the same address', async () => {
  const { served } = await startUp()
  const [, second] = served
  process.kill(second?.pid ?? 0, 'SIGKILL')
  await until(() => !isAlive(second?.pid ?? 0))
  await until(() => answers(second?.url ?? ''))
  expect(await jsonOf(airlock, 'whoami', '--workspace', production)).toMatchObject({ actor: { name: 'ada' } })
})

test('when the one who started them is killed, they stop by themselves', async () => {
  const { child, served } = await startUp()
  child.kill('SIGKILL')
  await until(() => served.every(({ pid }) => !isAlive(pid)))
  expect((await airlock('whoami')).code).toBe(0)
})
