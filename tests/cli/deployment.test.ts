import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createClient } from '@airlock-ml/client'
import type { Deployment, DeploymentKey, SnapshotSpec } from '@airlock-ml/contract'
import { openWorkspace } from '@airlock-ml/server'
import { beforeAll, expect, test } from 'vitest'
import { jsonOf } from './airlock.ts'
import { dev, model, sharedProject } from './project.ts'

const project = sharedProject()
const { airlock } = project
beforeAll(async () => {
  for (const trees of ['3', '4'])
    await airlock('run', 'training', '--environment', 'staging', '--param', `trees=${trees}`)
  await airlock('model', 'promote', model, '--to-stage', 'staging', '--model-version', '1')
  await deploy('cancer-api')
})

const served: SnapshotSpec = {
  formatVersion: 1,
  pipeline: 'answering',
  environment: 'staging',
  stack: 'staging-stack',
  parameters: {},
  steps: [{ name: 'answer', inputs: {}, outputs: { answers: { type: 'json' } }, parameters: {} }],
  model: { action: 'serves', name: model, answers: { step: 'answer', output: 'answers' } },
  code: { digest: 'c'.repeat(64), commit: null, dirty: false },
  hooks: { success: [], failure: [] },
}

/** Makes a deployment over the API; nothing has to be served to show and change one. */
async function deploy(name: string): Promise<void> {
  const home = join(project.dir, '.airlock')
  const { [dev]: known } = JSON.parse(await readFile(join(home, 'credentials.json'), 'utf8'))
  const workspace = await openWorkspace({ dir: join(home, dev), exchange: join(home, 'exchange') })
  const client = createClient({ baseUrl: 'http://workspace', fetch: workspace.fetch, apiKey: known.keys.ada })
  const inProject = (await client.listProjects()).items[0]!.name
  const [stack] = (await client.listStacks({ project: inProject })).items
  const body = { ...served, stack: stack!.name }
  const snapshot = await client.createSnapshot({ project: inProject, body })
  await client.createDeployment({ project: inProject, body: { name, snapshotId: snapshot.id, stage: 'staging' } })
  await workspace.close()
}

const show = () => jsonOf<Deployment>(airlock, 'deployment', 'show', 'cancer-api')

test('a deployment is listed and shown, before its service was ever seen', async () => {
  const { stdout } = await airlock('deployment', 'list')
  expect(stdout).toMatch(/cancer-api\s+never-seen\s+breast_cancer_classifier\s+staging/)
  const shown = await airlock('deployment', 'show', 'cancer-api')
  expect(shown.stdout).toMatch(/serves +answering with breast_cancer_classifier, who holds staging/)
  expect(shown.stdout).toMatch(/limits +bodyBytes 1048576, rowsPerRequest 1000, requestsPerSecond -/)
  const unknown = await airlock('deployment', 'show', 'no-such')
  expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('deployment_not_found')])
})

test('settings and the challenger are changed by name, and what is no change is refused before anything is asked', async () => {
  await airlock('deployment', 'update', 'cancer-api', '--set', 'port=8123', '--set', 'limits.rowsPerRequest=5')
  expect((await show()).settings).toMatchObject({ port: 8123, requiresKey: true, limits: { rowsPerRequest: 5 } })
  const canary = ['--challenger', '2', '--mode', 'canary', '--share', '12.5', '--step', '50:30']
  const { stdout } = await airlock('deployment', 'update', 'cancer-api', ...canary, '--reason', 'To see')
  expect(stdout).toMatch(/challenger +2 as canary of 12.5 %, more in (29|30) min/)
  expect((await show()).challenger).toMatchObject({
    number: 2,
    mode: 'canary',
    share: 0.125,
    steps: [{ share: 0.5, minutes: 30 }],
  })
  await airlock('deployment', 'update', 'cancer-api', '--without-challenger')
  expect((await show()).challenger).toBeNull()
  expect((await airlock('deployment', 'update', 'cancer-api')).code).toBe(2)
  const ladder = ['--rollout', '5', '--step', '50:30', '--step', '100:60']
  const rolled = await airlock('deployment', 'update', 'cancer-api', ...ladder)
  expect(rolled.stdout).toMatch(/rollout +5 %, 50 % after 30 min, 100 % after 60 min/)
  const own = await airlock('deployment', 'update', 'cancer-api', '--challenger', '1')
  expect([own.code, own.stderr]).toEqual([1, expect.stringContaining('challenger_is_champion')])
})

test('a canary is let in by steps, with guards', async () => {
  const guarded = ['--steps', '5,100', '--guard', 'errorRate=0.02']
  await airlock('deployment', 'canary', 'cancer-api', '--model-version', '2', ...guarded)
  expect((await show()).challenger).toMatchObject({
    ...{ number: 2, mode: 'canary', share: 0.05, guards: { errorRate: 0.02, p99Ratio: 3 } },
    steps: [{ share: 1, minutes: 30 }],
  })
})

test('a challenger is judged by labels, and without one it is said what to do', async () => {
  const none = await airlock('deployment', 'compare', 'cancer-api')
  expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('No prediction with a label was answered')])
  expect(none.stderr).toContain('airlock label import')
})

test('a key’s secret is told once on stdout, and the key is revoked by its name', async () => {
  const { stdout } = await airlock('deployment', 'key', 'create', 'cancer-api', '--name', 'portal')
  expect(stdout).toMatch(/^ald_[\w-]{43}\n$/)
  const list = () => jsonOf<{ items: DeploymentKey[] }>(airlock, 'deployment', 'key', 'list', 'cancer-api')
  expect((await list()).items).toMatchObject([{ name: 'portal', createdBy: 'ada', revokedAt: null }])
  await airlock('deployment', 'key', 'revoke', 'cancer-api', 'portal')
  const { items } = await list()
  expect(items[0]?.revokedAt).not.toBeNull()
  expect(JSON.stringify(items)).not.toContain(stdout.trim())
  const again = await airlock('deployment', 'key', 'revoke', 'cancer-api', 'portal')
  expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('deployment_key_not_found')])
})

test('a replaced secret is told once on stdout, or given to the service that is here, and is of another account', async () => {
  const { serviceAccount, id } = await show()
  const { stdout } = await airlock('deployment', 'replace-secret', 'cancer-api')
  expect(stdout).toMatch(/^alk_\S+\n$/)
  expect((await show()).serviceAccount).not.toBe(serviceAccount)
  const file = join(project.dir, '.airlock/deployments', dev, 'cancer-api/service.json')
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, JSON.stringify({ deploymentId: id, secret: stdout.trim() }))
  const kept = await airlock('deployment', 'replace-secret', 'cancer-api')
  expect(kept.stdout).not.toContain('alk_')
  expect(JSON.parse(await readFile(file, 'utf8')).secret).toMatch(/^alk_(?!.*\n)/)
  expect(await readFile(file, 'utf8')).not.toContain(stdout.trim())
  await rm(dirname(file), { recursive: true })
})

test('a deleted deployment is listed no more', async () => {
  const { stdout } = await airlock('deployment', 'delete', 'cancer-api')
  expect(stdout).toContain('cancer-api')
  expect((await jsonOf<{ items: Deployment[] }>(airlock, 'deployment', 'list')).items).toEqual([])
})

test('what cannot be made is refused before anything is', async () => {
  const create = ['deployment', 'create', '--pipeline', 'answering', '--environment', 'staging', '--stage', 'staging']
  for (const [wrong, why] of [
    [['--name', 'Never_Made'], '--name must be kebab-case'],
    [['--name', 'never-made', '--key-name', 'Some Key'], '--key-name must be kebab-case'],
    [['--name', 'never-made', '--key-name', 'command-line'], 'is the key of `airlock deployment invoke`'],
    [['--name', 'never-made', '--flavor', 'cloud-run', '--processes', '2'], 'A container is one process'],
  ] as const) {
    const { code, stderr } = await airlock(...create, ...wrong)
    expect([code, stderr]).toEqual([2, expect.stringContaining(why)])
  }
  expect((await airlock('deployment', 'show', 'never-made')).stderr).toContain('deployment_not_found')
  const logs = await airlock('deployment', 'logs', 'never-made', '--follow', '--json')
  expect([logs.code, logs.stderr]).toEqual([2, expect.stringContaining('leave out --json')])
  const windows = await airlock('monitor', 'show', 'never-made', '--windows', '201')
  expect([windows.code, windows.stderr]).toEqual([2, expect.stringContaining('--windows takes 1 to 200')])
})
