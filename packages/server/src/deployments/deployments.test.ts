import { createHash } from 'node:crypto'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { callAs, done } from '../../test/call.ts'
import { deploy, report, servingSpec, storeSnapshot } from '../../test/deployments.ts'
import { freshWorkspaces } from '../../test/shared-workspaces.ts'
import { stoppedClock } from '../../test/stopped-clock.ts'
import { type TrainedModel, trainModel } from '../../test/trained-model.ts'
import { model, project, runTraining, trainingSpec, upload } from '../../test/two-workspaces.ts'

let trained: TrainedModel

beforeAll(async () => {
  trained = await trainModel({ seed: 1 })
})
const clock = stoppedClock('2026-05-01T12:00:00.000Z')
const { dev } = freshWorkspaces({ now: clock.now })
beforeEach(async () => {
  await runTraining(dev.root, trained)
  await dev.root('promoteModelVersion', { project, model, body: { stage: 'staging' } })
})

const eventsOf = async (id: string) =>
  (await dev.root('listAuditEvents', { subject: id, limit: 200 })).items.reverse().map(({ type }) => type)

test('a deployment is made with its service’s own account, which may serve it and nothing else', async () => {
  const { deployment, secret, service, path } = await deploy(dev)
  expect(deployment).toMatchObject({
    name: 'cancer-api',
    pipeline: 'realtime-inference',
    model,
    stage: 'staging',
    flavor: 'local',
    state: 'never-seen',
    report: null,
    settings: {
      port: 0,
      requiresKey: true,
      onRecall: 'stop',
      limits: { rowsPerRequest: 1_000 },
      log: { durable: false },
    },
  })
  const { actor, roles } = await service('whoami', {})
  expect(actor).toMatchObject({ name: deployment.serviceAccount, kind: 'service-account', person: 'root' })
  expect(deployment.serviceAccount).toMatch(/^deployment-cancer-api-[0-9a-f]{8}$/)
  expect(roles).toEqual([{ project, role: 'service' }])
  expect((await service('showDeploymentTarget', path)).champion).toMatchObject({ model, number: 1 })
  const acts = [
    () => service('listRuns', { project }),
    () => service('listArtifacts', { project }),
    () => service('registerArtifact', { project, body: { name: 'rows', type: 'table', digest: 'd'.repeat(64) } }),
    () => service('showDeployment', path),
    () => service('deleteDeployment', path),
    () => service('createDeploymentKey', { ...path, body: { name: 'mine' } }),
    () => service('createApiKey', { body: { identity: deployment.serviceAccount } }),
  ]
  for (const act of acts) await expect(act()).rejects.toMatchObject({ code: 'forbidden' })
  const bytes = Buffer.from('a part of its log')
  expect((await service('showBlob', { project, sha256: await upload(service, bytes) })).sizeBytes).toBe(bytes.length)
  const told = JSON.stringify([
    await dev.root('listAuditEvents', { limit: 200 }),
    await dev.root('listDeployments', { project }),
  ])
  expect(told).not.toContain(secret.slice(-43))
  expect(await eventsOf(deployment.id)).toEqual(['deployment.created'])
})

test('what a service has to do is told to that service alone, not to another nor to an admin', async () => {
  const own = await deploy(dev)
  const other = await deploy(dev, { name: 'other-api' })
  for (const stranger of [other.service, dev.root]) {
    await expect(stranger('showDeploymentTarget', own.path)).rejects.toMatchObject({ code: 'forbidden' })
    await expect(stranger('reportService', { ...own.path, body: report() })).rejects.toMatchObject({
      code: 'forbidden',
    })
  }
})

test('a deployment of another project is not found, and neither is its key', async () => {
  const { path } = await deploy(dev)
  const { key } = await dev.root('createDeploymentKey', { ...path, body: { name: 'web' } })
  await dev.root('createProject', { body: { name: 'elsewhere' } })
  const there = { ...path, project: 'elsewhere' }
  await expect(dev.root('showDeployment', there)).rejects.toMatchObject({ code: 'deployment_not_found' })
  const revoked = dev.root('revokeDeploymentKey', { ...there, keyId: key.id })
  await expect(revoked).rejects.toMatchObject({ code: 'deployment_not_found' })
  const elsewhere = dev.root('createDeployment', {
    project: 'elsewhere',
    body: { name: 'cancer-api', snapshotId: await storeSnapshot(dev.root) },
  })
  await expect(elsewhere).rejects.toMatchObject({ code: 'snapshot_not_found' })
  const other = await deploy(dev, { name: 'other-api' })
  await expect(dev.root('revokeDeploymentKey', { ...other.path, keyId: key.id })).rejects.toMatchObject({
    code: 'deployment_key_not_found',
  })
})

test('only a pipeline that serves a model there is can be deployed, once under a name', async () => {
  const training = await storeSnapshot(dev.root, trainingSpec())
  await expect(deploy(dev, { snapshotId: training })).rejects.toMatchObject({ code: 'deployment_snapshot_unfit' })
  const answers = { step: 'predict', output: 'answers' }
  const unknown = servingSpec({ model: { action: 'serves', name: 'no_such', answers } })
  await expect(deploy(dev, { snapshotId: await storeSnapshot(dev.root, unknown) })).rejects.toMatchObject({
    code: 'model_not_found',
  })
  const identities = await dev.root('listServiceAccounts', {})
  const made = await Promise.allSettled([deploy(dev), deploy(dev)])
  expect(made.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(made.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'deployment_exists' } })
  expect((await dev.root('listServiceAccounts', {})).items).toHaveLength(identities.items.length + 1)
})

test('hostile names are refused, and odd ones are names as any other', async () => {
  const snapshotId = await storeSnapshot(dev.root)
  for (const name of ['', 'Cancer-API', '../etc', '__proto__', 'constructor ', 'a'.repeat(64), 'naïve', 'a\n', '%00'])
    await expect(deploy(dev, { snapshotId, name })).rejects.toMatchObject({ code: 'request_invalid' })
  for (const name of ['constructor', 'a'.repeat(63), '0', 'deployment-x']) {
    const { service, path, deployment } = await deploy(dev, { snapshotId, name })
    expect(deployment.serviceAccount.length).toBeLessThanOrEqual(63)
    expect(await service('showDeploymentTarget', path)).toMatchObject({ name })
  }
})

test('settings are changed in part, each change once on record with what was before', async () => {
  const { deployment, path } = await deploy(dev, { settings: { limits: { rowsPerRequest: 5 } } })
  const change = async (settings: object) =>
    done(await dev.root('updateDeployment', { ...path, body: { settings, reason: 'Too slow.' } as never }))
  clock.ms += 1_000
  const [a, b] = await Promise.all([change({ processes: 2 }), change({ limits: { bodyBytes: 2_048 } })])
  expect(a.updatedAt).toBe(clock.now().toISOString())
  const after = await dev.root('showDeployment', path)
  expect(after.settings).toEqual({
    ...deployment.settings,
    processes: 2,
    limits: { ...deployment.settings.limits, bodyBytes: 2_048 },
  })
  expect(b.settings.limits.rowsPerRequest).toBe(5)
  await change({ processes: 2 })
  expect(await eventsOf(deployment.id)).toEqual(['deployment.created', 'deployment.updated', 'deployment.updated'])
  const { items } = await dev.root('listAuditEvents', { subject: deployment.id, type: 'deployment.updated' })
  expect(items.at(-1)).toMatchObject({ reason: 'Too slow.', before: { settings: { processes: 1 } } })
  for (const wrong of [{ port: -1 }, { unknown: 1 }, { limits: { bodyBytes: 1 } }, { corsOrigins: ['javascript:x'] }])
    await expect(change(wrong)).rejects.toMatchObject({ code: 'request_invalid' })
})

test('a newer snapshot of its pipeline can take over, one of another cannot', async () => {
  const { path } = await deploy(dev)
  const snapshotId = await storeSnapshot(dev.root, servingSpec({ parameters: { threshold: 0.4 } }))
  expect(await dev.root('updateDeployment', { ...path, body: { snapshotId } })).toMatchObject({ snapshotId })
  const other = await storeSnapshot(dev.root, servingSpec({ pipeline: 'other-inference' }))
  const refused = dev.root('updateDeployment', { ...path, body: { snapshotId: other } })
  await expect(refused).rejects.toMatchObject({ code: 'deployment_snapshot_unfit' })
})

test('a deleted deployment’s secret is dead, its keys are revoked, and its name is free', async () => {
  const { deployment, service, path } = await deploy(dev)
  await dev.root('createDeploymentKey', { ...path, body: { name: 'web' } })
  expect(await dev.root('deleteDeployment', path)).toMatchObject({
    state: 'deleted',
    deletedAt: clock.now().toISOString(),
  })
  await expect(service('whoami', {})).rejects.toMatchObject({ code: 'unauthenticated' })
  await expect(service('showDeploymentTarget', path)).rejects.toMatchObject({ code: 'unauthenticated' })
  await expect(dev.root('deleteDeployment', path)).rejects.toMatchObject({ code: 'deployment_not_found' })
  expect((await dev.root('listDeployments', { project })).items).toEqual([])
  const again = await deploy(dev)
  expect(again.deployment.id).not.toBe(deployment.id)
  expect((await again.service('showDeploymentTarget', path)).keys).toEqual([])
  expect((await eventsOf(deployment.id)).at(-1)).toBe('deployment.deleted')
})

test('a replaced secret ends the old one at once, and another person answers for the service', async () => {
  const ann = await dev.as('ann', 'ml-engineer')
  const bob = await dev.as('bob', 'ml-engineer')
  const { service, path } = await deploy(dev, { by: ann })
  await dev.root('disableIdentity', { name: 'ann' })
  await expect(service('showDeploymentTarget', path)).rejects.toMatchObject({ code: 'unauthenticated' })
  const { serviceSecret } = await bob('replaceServiceSecret', path)
  const renewed = callAs(dev.workspace.fetch, serviceSecret)
  expect(await renewed('showDeploymentTarget', path)).toMatchObject({ name: 'cancer-api' })
  expect((await renewed('whoami', {})).actor.person).toBe('bob')
  await bob('replaceServiceSecret', path)
  await expect(renewed('whoami', {})).rejects.toMatchObject({ code: 'unauthenticated' })
})

test('a key’s secret is told once, and the service knows it by its hash until it is revoked', async () => {
  const { service, path } = await deploy(dev)
  const { key, secret } = await dev.root('createDeploymentKey', { ...path, body: { name: 'web' } })
  expect(secret).toMatch(/^ald_[A-Za-z0-9_-]{43}$/)
  const sha256 = createHash('sha256').update(secret).digest('hex')
  expect((await service('showDeploymentTarget', path)).keys).toEqual([
    { id: key.id, name: 'web', sha256, expiresAt: null },
  ])
  const twice = dev.root('createDeploymentKey', { ...path, body: { name: 'web' } })
  await expect(twice).rejects.toMatchObject({ code: 'deployment_key_exists' })
  const past = dev.root('createDeploymentKey', {
    ...path,
    body: { name: 'past', expiresAt: clock.now().toISOString() },
  })
  await expect(past).rejects.toMatchObject({ code: 'request_invalid' })
  const revoked = await dev.root('revokeDeploymentKey', { ...path, keyId: key.id })
  expect(revoked.revokedAt).toBe(clock.now().toISOString())
  expect(await dev.root('revokeDeploymentKey', { ...path, keyId: key.id })).toEqual(revoked)
  expect((await service('showDeploymentTarget', path)).keys).toEqual([])
  await dev.root('createDeploymentKey', { ...path, body: { name: 'web' } })
  const { items } = await dev.root('listDeploymentKeys', path)
  expect(items.map(({ name, revokedAt }) => [name, revokedAt !== null])).toEqual([
    ['web', false],
    ['web', true],
  ])
  expect(JSON.stringify(items)).not.toContain(sha256)
})
