import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createClient } from '@airlock-ml/client'
import type { Deployment } from '@airlock-ml/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { airlockIn, command, environment, jsonOf } from './airlock.ts'
import { dockerStandIn } from './docker-stand-in.ts'
import { dev, model, sharedProject } from './project.ts'
import { serviceIn, until } from './running-service.ts'

const name = 'cancer-api'
const project = sharedProject()
const { airlock } = project
let service: ReturnType<typeof serviceIn>
let url: string
let up: ChildProcess
beforeAll(async () => {
  service = serviceIn(project.dir, name)
  for (const trees of ['3', '4'])
    await airlock('run', 'training', '--environment', 'staging', '--param', `trees=${trees}`)
  await promote(1)
  url = `http://127.0.0.1:${await freePort()}`
  // As for a workspace elsewhere: nobody opens its files here.
  const session = join(project.dir, '.airlock/session.json')
  await writeFile(session, JSON.stringify({ ...JSON.parse(await readFile(session, 'utf8')), urls: { [dev]: url } }))
  await serveWorkspace()
  const create = ['--pipeline', 'answering', '--environment', 'staging', '--stage', 'staging', '--name', name]
  await jsonOf(airlock, 'deployment', 'create', ...create)
}, 60_000)
afterAll(async () => {
  await airlock('deployment', 'stop', name)
  await endWorkspace()
})

const inDocker = (port: string) => [
  ...['deployment', 'create', '--pipeline', 'answering', '--environment', 'staging', '--stage', 'staging'],
  ...['--name', 'in-docker', '--flavor', 'docker', '--port', port],
]
const promote = (version: number) =>
  jsonOf(airlock, 'model', 'promote', model, '--to-stage', 'staging', '--model-version', String(version))
const answer = (wanted: string) =>
  until(
    () => service.ask(),
    (seen) => seen === wanted,
  )
const killService = async () => process.kill((await service.supervisor()).pids[0]!, 'SIGKILL')

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function serveWorkspace(): Promise<void> {
  const args = ['serve-workspace', dev, '--port', new URL(url).port]
  const env = environment(project.dir, {})
  up = spawn(process.execPath, [command, ...args], { cwd: project.dir, env, stdio: 'ignore' })
  await until(
    () =>
      fetch(`${url}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      ),
    (isUp) => isUp,
  )
}

async function endWorkspace(): Promise<void> {
  if (up.exitCode !== null || up.signalCode !== null) return
  up.kill('SIGKILL')
  await once(up, 'exit')
}

test('while its workspace is away it serves on, also after it was killed and after a start, and then takes up what it missed', async () => {
  expect(await service.ask()).toBe('malignant by 1')
  await endWorkspace()
  expect(await service.ask()).toBe('malignant by 1')
  await killService()
  await until(service.supervisor, ({ restarts }) => restarts === 1)
  await answer('malignant by 1')
  await airlock('deployment', 'stop', name)
  const started = await airlock('deployment', 'start', name)
  expect([started.code, started.stderr]).toEqual([0, expect.stringContaining('does not answer')])
  expect(await service.ask()).toBe('malignant by 1')
  await serveWorkspace()
  await promote(2)
  await answer('malignant by 2')
}, 60_000)

test('a model file that was damaged is not answered with: it waits for the workspace and fetches it again', async () => {
  await airlock('deployment', 'stop', name)
  await endWorkspace()
  const versions = join(service.dir, 'versions')
  const damage = async () => {
    for (const file of await readdir(versions)) {
      const bytes = await readFile(join(versions, file))
      bytes[bytes.length >> 1]! ^= 1
      await writeFile(join(versions, file), bytes)
    }
  }
  await damage()
  await airlock('deployment', 'start', name)
  expect(await service.ask()).toBe('nobody_serves')
  await serveWorkspace()
  await answer('malignant by 2')
  await damage()
  await killService()
  await answer('malignant by 2')
}, 60_000)

test('without the artifact store it goes on, says its fault, and swaps when the store is back', async () => {
  await airlock('run', 'training', '--environment', 'staging', '--param', 'trees=6')
  const store = join(project.dir, '.airlock', dev, 'artifacts')
  await rename(store, `${store}-away`)
  await promote(3)
  const show = () => jsonOf<Deployment>(airlock, 'deployment', 'show', name)
  const { report } = await until(show, ({ state }) => state === 'at-fault')
  expect([report?.number, report?.fault]).toEqual([2, expect.stringMatching(/./)])
  expect(await service.ask()).toBe('malignant by 2')
  await rename(`${store}-away`, store)
  await answer('malignant by 3')
  expect((await until(show, ({ state }) => state === 'serving')).report?.fault).toBeNull()
}, 60_000)

test('swaps that follow each other under load fail no request, and leave whoever holds the stage', async () => {
  let isDone = false
  const seen = new Set<string>()
  const load = Array.from({ length: 4 }, async () => {
    while (!isDone) seen.add(await service.ask())
  })
  const rollback = ['model', 'rollback', model, '--stage', 'staging', '--reason', 'worse']
  await jsonOf(airlock, ...rollback)
  await Promise.all([promote(1), airlock(...rollback)])
  const holder = async () => {
    const { items } = await jsonOf<{ items: { number: number }[] }>(
      airlock,
      ...['model', 'version', 'list', model, '--stage', 'staging'],
    )
    return items[0]?.number
  }
  await answer(`malignant by ${await holder()}`)
  isDone = true
  await Promise.all(load)
  expect([...seen].filter((each) => !/^malignant by [123]$/.test(each))).toEqual([])
  expect(seen.size).toBeGreaterThan(1)
}, 60_000)

test('a key that was revoked opens nothing, and a key that was made does', async () => {
  const { secret } = await jsonOf<{ secret: string }>(
    airlock,
    ...['deployment', 'key', 'create', name, '--name', 'portal'],
  )
  const ask = () => service.ask(secret)
  await until(ask, (seen) => seen.startsWith('malignant'))
  await airlock('deployment', 'key', 'revoke', name, 'portal')
  await until(ask, (seen) => seen === 'service_key_refused')
  await killService()
  await until(ask, (seen) => seen === 'service_key_refused')
})

test('more processes share the port when the settings say so, and speak as one', async () => {
  const before = await service.supervisor()
  await airlock('deployment', 'update', name, '--set', 'processes=2')
  const { pids, url } = await until(
    service.supervisor,
    (seen) => Object.keys(seen.pids).length === 2 && seen.state === 'serving',
  )
  expect(url).toBe(before.url)
  await until(
    async () => (await Promise.all(Array.from({ length: 20 }, () => service.ask()))).length,
    (n) => n === 20,
  )
  process.kill(pids[1]!, 'SIGKILL')
  await until(service.supervisor, ({ restarts, state }) => restarts > before.restarts && state === 'serving')
  await until(
    () => jsonOf<Deployment>(airlock, 'deployment', 'show', name),
    ({ report, state }) => state === 'serving' && report !== null && report.counts.predictions >= 1,
  )
}, 60_000)

test('the flavor docker says what is missing before anything is made', async () => {
  const without = await airlockIn(project.dir, { PATH: join(project.dir, 'nothing') })(...inDocker('8123'))
  expect([without.code, without.stderr]).toEqual([1, expect.stringContaining('there is no command `docker`')])
  expect((await airlock('deployment', 'show', 'in-docker')).stderr).toContain('deployment_not_found')
})

test('a service in a container is made, followed, stopped, started and deleted, and its secret is on no command line', async () => {
  const engine = await dockerStandIn(join(project.dir, 'engine'))
  const run = airlockIn(project.dir, { PATH: `${engine.bin}:${process.env.PATH}` })
  const port = String(await freePort())
  const made = await run(...inDocker(port))
  expect([made.code, made.stderr]).toEqual([0, expect.stringContaining('building the image')])
  expect(made.stdout).toMatch(/answers +breast_cancer_classifier \d/)
  const { dir, kept } = serviceIn(project.dir, 'in-docker')
  const { secret } = await kept()
  const askedTo = async (verb: string) => (await engine.asked()).filter((line) => line.startsWith(`${verb} `))
  expect(await askedTo('build')).toEqual([
    expect.stringMatching(/^build --tag airlock\/enterprise-dev-staging\/in-docker:\S+ \S+image$/),
  ])
  expect((await askedTo('run'))[0]).toMatch(/^run --detach .*--restart on-failure .*--publish 127.0.0.1:\d+:8080 /)
  expect((await engine.asked()).filter((line) => line.includes(secret))).toEqual([`AIRLOCK_SERVICE_SECRET=${secret}`])
  const files = await readdir(join(dir, 'image'), { recursive: true, withFileTypes: true })
  for (const file of files.filter((each) => each.isFile()))
    expect(await readFile(join(file.parentPath, file.name), 'utf8')).not.toContain(secret)
  await expect(readFile(join(dir, 'container.env'))).rejects.toThrow('ENOENT')

  expect((await run('deployment', 'start', 'in-docker')).stderr).toContain('deployment_runs')
  expect((await run('deployment', 'logs', 'in-docker')).stdout).toContain('listens')
  expect((await run('deployment', 'stop', 'in-docker')).stdout).toContain('is stopped')
  expect((await run('deployment', 'stop', 'in-docker')).stdout).toContain('did not run')
  expect((await run('deployment', 'start', 'in-docker')).code).toBe(0)
  expect(await askedTo('build')).toHaveLength(1)
  expect((await run('deployment', 'delete', 'in-docker')).code).toBe(0)
  expect((await askedTo('container')).length).toBeGreaterThan(0)
  expect(await readdir(join(project.dir, 'engine'))).not.toContain('pid')
  await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow('fetch failed')
}, 60_000)

type Manifest = {
  kind: string
  metadata: { name: string }
  spec: {
    template: {
      metadata: { annotations: object }
      spec: { containers: { image: string; env: object[]; startupProbe: { httpGet: object } }[] }
    }
  }
}

test('Cloud Run is given one instance that is always there, with probes, and the secret by its name', async () => {
  const create = ['deployment', 'create', '--pipeline', 'answering', '--environment', 'staging', '--stage', 'staging']
  await jsonOf(airlock, ...create, '--name', 'in-cloud', '--flavor', 'cloud-run')
  const manifest = ['deployment', 'manifest', 'in-cloud', '--image', 'registry.example/in-cloud:1']
  expect((await airlock(...manifest)).stdout).toMatch(/^apiVersion: serving.knative.dev\/v1\nkind: Service\n/)
  const { kind, metadata, spec } = (await jsonOf<{ manifest: Manifest }>(airlock, ...manifest)).manifest
  const { annotations } = spec.template.metadata
  const container = spec.template.spec.containers[0]!
  expect([kind, metadata.name, container.image]).toEqual(['Service', 'in-cloud', 'registry.example/in-cloud:1'])
  expect(annotations).toMatchObject({
    'autoscaling.knative.dev/minScale': '1',
    'run.googleapis.com/cpu-throttling': 'false',
  })
  expect(container.startupProbe.httpGet).toEqual({ path: '/healthz', port: 8080 })
  expect(container.env).toEqual([
    { name: 'AIRLOCK_WORKSPACE_URL', value: url },
    { name: 'AIRLOCK_SERVICE_SECRET', valueFrom: { secretKeyRef: { name: 'airlock-in-cloud', key: 'latest' } } },
  ])
})

test('a deployment that is deleted elsewhere ends its service and the process that keeps it running', async () => {
  const { [dev]: known } = JSON.parse(await readFile(join(project.dir, '.airlock/credentials.json'), 'utf8'))
  const client = createClient({ baseUrl: url, apiKey: known.keys.ada })
  await client.deleteDeployment({ project: 'cancer-detection', deployment: name })
  await until(service.supervisor, ({ state }) => state === 'over')
  expect(await service.ask()).toBe('no answer')
  const { secret } = await service.kept()
  expect(await service.log()).not.toContain(secret)
})
