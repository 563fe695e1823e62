import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Deployment, Prediction, RecallResult } from '@airlock-ml/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { airlockIn, command, environment, jsonOf, type Run } from './airlock.ts'
import { freePort } from './free-port.ts'
import { dev, model, sharedProject } from './project.ts'
import { serviceIn, until } from './running-service.ts'

const root = join(import.meta.dirname, '../..')
const run = promisify(execFile)
const name = 'in-a-container'

// With Podman behind the command `docker`: `podman system service --time=0 unix:///SOCKET`, and `DOCKER_HOST` names it.

/** Why it cannot be tried here; null where it can. */
function whyNot(): string | null {
  const says = (...args: string[]) => spawnSync('docker', args, { stdio: 'ignore', timeout: 20_000 }).status === 0
  if (!says('version')) return 'no container engine answers'
  return says('image', 'inspect', 'node:24-slim') ? null : 'the engine has no image node:24-slim'
}
const missing = whyNot()

const project = missing === null ? sharedProject() : { dir: '' }
let airlock: Run
let workspace: ChildProcess | undefined
let port: number | undefined
let deploymentId = ''
beforeAll(async () => {
  if (missing !== null) return
  // What names an engine is in the environment.
  const { DOCKER_HOST, DOCKER_CONFIG } = process.env
  airlock = airlockIn(project.dir, { ...(DOCKER_HOST && { DOCKER_HOST }), ...(DOCKER_CONFIG && { DOCKER_CONFIG }) })
  await run(
    process.execPath,
    ['--conditions=source', join(root, 'scripts/pack.ts'), '--out', join(project.dir, 'packed')],
    {
      cwd: root,
    },
  )
  const packed = (await readdir(join(project.dir, 'packed'))).filter((file) => file.endsWith('.tgz'))
  const { version } = JSON.parse(await readFile(join(root, 'packages/cli/package.json'), 'utf8')) as { version: string }
  const nameOf = (file: string) => file.replace('airlock-ml-', '@airlock-ml/').replace(`-${version}.tgz`, '')
  const dependencies = Object.fromEntries(packed.map((file) => [nameOf(file), `file:packed/${file}`]))
  await writeFile(join(project.dir, 'package.json'), JSON.stringify({ type: 'module', dependencies }))
  await airlock('run', 'training', '--environment', 'staging', '--param', 'trees=3')
  await jsonOf(airlock, 'model', 'promote', model, '--to-stage', 'staging', '--model-version', '1')
  await serveWorkspace()
}, 120_000)
afterAll(async () => {
  if (missing !== null) return
  await airlock('deployment', 'delete', name)
  await endWorkspace()
  await run('docker', ['volume', 'rm', `airlock-${deploymentId}`])
}, 60_000)

async function endWorkspace(): Promise<void> {
  workspace?.kill('SIGKILL')
  if (workspace) await once(workspace, 'exit')
  workspace = undefined
}

/** At an address of this machine that a container reaches, too. */
async function serveWorkspace(): Promise<void> {
  const [host] = Object.values(networkInterfaces()).flatMap((each) =>
    (each ?? []).flatMap(({ family, internal, address }) => (family === 'IPv4' && !internal ? [address] : [])),
  )
  port ??= await freePort()
  const url = `http://${host}:${port}`
  const session = join(project.dir, '.airlock/session.json')
  await writeFile(session, JSON.stringify({ ...JSON.parse(await readFile(session, 'utf8')), urls: { [dev]: url } }))
  const args = ['serve-workspace', dev, '--host', host!, '--port', `${port}`]
  workspace = spawn(process.execPath, [command, ...args], {
    ...{ cwd: project.dir, env: environment(project.dir, {}), stdio: 'ignore' },
  })
  const isUp = () =>
    fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    )
  await until(isUp, (ok) => ok)
}

test('in a real container a service answers, survives its process, hands in its log, and follows a recall', {
  timeout: 600_000,
  skip: missing !== null,
}, async () => {
  const at = String(await freePort())
  const made = await airlock(
    ...['deployment', 'create', '--pipeline', 'answering', '--environment', 'staging', '--stage', 'staging'],
    ...['--name', name, '--flavor', 'docker', '--port', at],
  )
  expect([made.code, made.stdout], made.stderr).toEqual([
    0,
    expect.stringMatching(/answers +breast_cancer_classifier 1/),
  ])
  deploymentId = (await jsonOf<Deployment>(airlock, 'deployment', 'show', name)).id
  const { invokeKey } = await serviceIn(project.dir, name).kept()
  const ask = async (): Promise<string | null> => {
    const answer = await fetch(`http://127.0.0.1:${at}/v1/predict`, {
      ...{ method: 'POST', body: '{"row":{"size":9,"texture":1}}' },
      headers: { authorization: `Bearer ${invokeKey}`, 'content-type': 'application/json' },
    }).catch(() => null)
    return answer?.ok ? ((await answer.json()) as { predictionId: string }).predictionId : null
  }
  const asked = [await ask()]

  const container = `airlock-${dev}-${name}`
  const { stdout: pid } = await run('docker', ['inspect', '--format', '{{.State.Pid}}', container])
  process.kill(Number(pid), 'SIGKILL')
  asked.push(await until(ask, (id) => id !== null))

  // What is answered while the workspace is away outlives the container.
  await endWorkspace()
  asked.push(await ask())
  expect((await airlock('deployment', 'stop', name)).stdout).toContain('is stopped')
  await serveWorkspace()
  expect((await airlock('deployment', 'start', name)).stderr).not.toContain('building')
  const shown = (id: string | null) => airlock('prediction', 'show', String(id), '--json')
  for (const id of asked) {
    const { stdout } = await until(
      () => shown(id),
      ({ code }) => code === 0,
    )
    expect(JSON.parse(stdout) as Prediction).toMatchObject({ id, deployment: { name } })
  }
  expect((await airlock('deployment', 'logs', name)).stdout).toContain('listens')

  const recall = ['recall', '--model', model, '--model-version', '1', '--reason', 'Labels were swapped']
  const { reach } = await jsonOf<RecallResult>(airlock, ...recall)
  expect(reach.deployments).toMatchObject([{ name, answersNow: true, predictions: 3 }])
  const answers = () => fetch(`http://127.0.0.1:${at}/readyz`).then(({ status }) => status)
  await until(answers, (status) => status === 503)
  expect((await airlock('deployment', 'delete', name)).code).toBe(0)
  const left = await run('docker', ['container', 'ls', '--all', '--quiet', '--filter', `name=^${container}$`])
  expect(left.stdout).toBe('')
})

test.runIf(missing !== null)(`a service in a real container is not tried: ${missing}`, ({ skip }) =>
  skip(missing ?? ''),
)
