import { copyFile, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DriftBreach, DriftHookCall, MonitoringWindow } from '@airlock-ml/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { jsonOf } from './airlock.ts'
import { model, sharedProject } from './project.ts'
import { serviceIn, until } from './running-service.ts'

const name = 'cancer-api'
const step = 'profile-holdout.ts'
const project = sharedProject()
const { airlock } = project
beforeAll(async () => {
  // The step of the template, in the training of the small project.
  await copyFile(join(import.meta.dirname, '../../template/src/steps', step), join(project.dir, 'src', step))
  const training = join(project.dir, 'src/pipelines/training.ts')
  const source = (await readFile(training, 'utf8'))
    .replace("from '../steps.ts'", `from '../steps.ts'\nimport { profileHoldout } from '../${step}'`)
    .replace('metrics }\n', 'metrics, profile: profileHoldout({ inputs: { model, test } }).profile }\n')
  await writeFile(training, source)
  await addDriftHooks(project.dir)
  await airlock('run', 'training', '--environment', 'staging', '--param', 'trees=3')
  await jsonOf(airlock, 'model', 'promote', model, '--to-stage', 'staging', '--model-version', '1')
  const settings = ['--set', 'monitoring.windowRows=100', '--set', 'monitoring.minRows=50']
  await airlock(
    ...['deployment', 'create', '--pipeline', 'answering', '--environment', 'staging', '--stage', 'staging'],
    ...['--name', name, ...settings],
  )
  for (const hook of hookNames) await rm(join(project.dir, hookPath(hook)))
})
afterAll(() => airlock('deployment', 'stop', name))

const hookNames = ['wait-for-ever', 'tell-drift']
const hookPath = (hook: string) => `governance/hooks/${hook}.ts`

/** Hooks of the platform that leave files of what they were told; the first never ends where a test says so. */
async function addDriftHooks(dir: string): Promise<void> {
  const file = (each: string) => JSON.stringify(join(dir, each))
  const hooks = [
    `import { existsSync } from 'node:fs'
    import { appendFile } from 'node:fs/promises'
    export default async () => {
      if (!existsSync(${file('wait')})) return
      await appendFile(${file('begun.txt')}, process.pid + '\\n')
      for (;;);
    }\n`,
    `import { appendFile } from 'node:fs/promises'
    import type { DriftHook } from '@airlock-ml/sdk'
    const tell: DriftHook = ({ source, number, breaches }) =>
      appendFile(${file('told.txt')}, [source.kind, number, breaches[0]?.name].join(' ') + '\\n')
    export default tell\n`,
  ]
  for (const [at, hook] of hooks.entries()) await writeFile(join(dir, hookPath(hookNames[at]!)), hook)
  const config = await readFile(join(dir, 'airlock.config.ts'), 'utf8')
  const named = `hooks: { drift: ${JSON.stringify(hookNames.map(hookPath))},`
  await writeFile(join(dir, 'airlock.config.ts'), config.replace('hooks: {', named))
}

type Shown = { windows: MonitoringWindow[]; breaches: DriftBreach[]; hookCalls: DriftHookCall[] }
const show = () => jsonOf<Shown>(airlock, 'monitor', 'show', name)

/** A window of rows that lie so much higher than those of training. */
async function askAbout(moved: number): Promise<void> {
  const service = serviceIn(project.dir, name)
  const { invokeKey } = await service.kept()
  const { url } = await service.supervisor()
  const headers = { authorization: `Bearer ${invokeKey}`, 'content-type': 'application/json' }
  const rows = Array.from({ length: 100 }, (_, row) => ({ size: ((row * 37) % 100) / 10 + moved, texture: row % 7 }))
  const answer = await fetch(`${url}/v1/predict`, { method: 'POST', headers, body: JSON.stringify({ rows }) })
  expect(answer.status).toBe(200)
}

test('a service reports how what it answers drifts, and where that ends', async () => {
  // As at training, then much larger, then as at training.
  for (const moved of [0, 20, 0]) await askAbout(moved)
  const { windows, breaches } = await until(show, (shown) => shown.windows.length === 3)
  expect(windows.map(({ level, number, summary }) => [level, number, summary.rows])).toEqual([
    ['ok', 1, 100],
    ['breach', 1, 100],
    ['ok', 1, 100],
  ])
  expect(breaches.find(({ measure, name }) => measure === 'psi' && name === 'size')).toMatchObject({
    ...{ windows: 1, endedAt: windows[0]!.endedAt },
  })
  // The breach called each hook of the code that was deployed, once, though the project's own are gone by now.
  const { hookCalls } = await until(show, (shown) => shown.hookCalls[0]?.endedAt != null)
  const done = { state: 'done', error: null }
  expect(hookCalls).toMatchObject(hookNames.toReversed().map((hook) => ({ hook: hookPath(hook), ...done })))
  expect(await readFile(join(project.dir, 'told.txt'), 'utf8')).toBe('deployment 1 size\n')
  const { stdout } = await airlock('monitor', 'show', name)
  expect(stdout).toMatch(/Version 1 as champion: ok\.[\s\S]+size +ok/)
  const { url } = await serviceIn(project.dir, name).supervisor()
  expect(await (await fetch(`${url}/metrics`)).text()).toMatch(/airlock_drift_windows_total\{[^}]*\} 3/)
  const file = join(project.dir, 'drift.html')
  expect((await airlock('monitor', 'show', name, '--format', 'html', '-o', file)).code).toBe(0)
  expect(await readFile(file, 'utf8')).toContain('Drift of cancer-api')
})

test('a hook that was begun when its service was killed is not called again, and the one that waited is', async () => {
  const lines = async (file: string) => (await readFile(join(project.dir, file), 'utf8').catch(() => '')).split('\n')
  await writeFile(join(project.dir, 'wait'), '')
  await askAbout(20)
  const [hookPid] = await until(
    () => lines('begun.txt'),
    ([pid]) => Boolean(pid),
  )
  const { pids } = await serviceIn(project.dir, name).supervisor()
  process.kill(pids[0]!, 'SIGKILL')
  await until(
    () => lines('told.txt'),
    (told) => told.filter(Boolean).length === 2,
  )
  expect((await lines('begun.txt')).filter(Boolean)).toEqual([hookPid])
  const { hookCalls } = await until(show, (shown) => shown.hookCalls[0]?.endedAt != null)
  expect(hookCalls.slice(0, 2).map(({ state }) => state)).toEqual(['done', 'running'])
  // It never lets go of the processor, and ends all the same: nobody is left to tell.
  await until(
    async () => isAlive(Number(hookPid)),
    (alive) => !alive,
  )
})

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test('of two processes one window holds the rows of both', async () => {
  const service = serviceIn(project.dir, name)
  const { invokeKey } = await service.kept()
  await airlock('deployment', 'update', name, '--set', 'processes=2')
  const { url } = await until(
    service.supervisor,
    ({ state, pids }) => state === 'serving' && Object.keys(pids).length === 2,
  )
  // A connection each, which the system shares out among the processes; none of them sees as many rows as a window has.
  const headers = { authorization: `Bearer ${invokeKey}`, 'content-type': 'application/json', connection: 'close' }
  const rows = Array.from({ length: 5 }, (_, row) => ({ size: row * 2, texture: row }))
  const body = JSON.stringify({ rows })
  const ask = () => fetch(`${url}/v1/predict`, { method: 'POST', headers, body }).catch(() => null)
  const askTwenty = async () => {
    await Promise.all(Array.from({ length: 20 }, ask))
    return (await show()).windows
  }
  // The second may not listen yet, and what the one before had counted is a window, too.
  const windows = await until(askTwenty, (seen) => seen.some(({ processes }) => processes === 2))
  const whole = windows.find(({ processes }) => processes === 2)
  expect(whole!.summary.rows).toBeGreaterThanOrEqual(100)
})

test('a run that kept no drift is told', async () => {
  const { items } = await jsonOf<{ items: { id: string }[] }>(airlock, 'run', 'list')
  expect((await airlock('monitor', 'batch', items[0]!.id)).stderr).toContain('report_not_found')
})
