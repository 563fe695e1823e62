import { setTimeout as sleep } from 'node:timers/promises'
import type { KeyScope } from '@airlock-ml/contract'
import { expect, test } from 'vitest'
import { callAs } from '../../test/call.ts'
import { sharedWorkspaces } from '../../test/shared-workspaces.ts'
import { project } from '../../test/two-workspaces.ts'

const { dev } = sharedWorkspaces()

test.each([null, 'nonsense', `alk_${'0'.repeat(24)}_${'A'.repeat(43)}`])(
  'the key %s opens nothing but what is public',
  async (key) => {
    const stranger = callAs(dev.workspace.fetch, key)
    await expect(stranger('listProjects', {})).rejects.toMatchObject({ code: 'unauthenticated' })
    expect(await stranger('showWorkspace', {})).toMatchObject({ name: 'enterprise-dev-staging' })
  },
)

test('a key with a changed last letter is not the key', async () => {
  const key = await dev.keyOf('root')
  const changed = key.slice(0, -1) + (key.endsWith('A') ? 'B' : 'A')
  await expect(callAs(dev.workspace.fetch, changed)('whoami', {})).rejects.toMatchObject({ code: 'unauthenticated' })
})

test('a revoked or expired key stops at once', async () => {
  const { apiKey, secret } = await dev.root('createApiKey', { body: { identity: 'root' } })
  const call = callAs(dev.workspace.fetch, secret)
  expect((await call('whoami', {})).actor.name).toBe('root')
  await dev.root('revokeApiKey', { id: apiKey.id })
  await expect(call('whoami', {})).rejects.toMatchObject({ code: 'unauthenticated' })
  const ended = dev.root('createApiKey', { body: { identity: 'root', expiresAt: '2020-01-01T00:00:00.000Z' } })
  await expect(ended).rejects.toMatchObject({ code: 'request_invalid' })
  const soon = await dev.root('createApiKey', {
    body: { identity: 'root', expiresAt: new Date(Date.now() + 300).toISOString() },
  })
  await sleep(350)
  await expect(callAs(dev.workspace.fetch, soon.secret)('whoami', {})).rejects.toMatchObject({
    code: 'unauthenticated',
  })
})

test('secrets are shown once and not kept in the clear', async () => {
  const { secret } = await dev.root('createApiKey', { body: { identity: 'root' } })
  const seen = JSON.stringify([await dev.root('listApiKeys', {}), await dev.root('listAuditEvents', {})])
  expect(seen).not.toContain(secret.slice('alk_'.length + 24 + '_'.length))
})

test('disabling a person ends their service accounts too', async () => {
  const ann = await dev.as('ann', 'ml-engineer')
  await dev.root('createServiceAccount', {
    body: { name: 'ann-ci', owner: 'ann', roles: [{ project, role: 'data-scientist' }] },
  })
  const ci = callAs(dev.workspace.fetch, await dev.keyOf('ann-ci'))
  expect((await ci('whoami', {})).actor).toMatchObject({ name: 'ann-ci', person: 'ann', kind: 'service-account' })
  await dev.root('disableIdentity', { name: 'ann' })
  for (const call of [ann, ci]) await expect(call('whoami', {})).rejects.toMatchObject({ code: 'unauthenticated' })
})

test('the last admin can neither be disabled nor lose the role', async () => {
  await expect(dev.root('disableIdentity', { name: 'root' })).rejects.toMatchObject({ code: 'last_admin' })
  await expect(dev.root('setRoles', { name: 'root', body: { roles: [] } })).rejects.toMatchObject({
    code: 'last_admin',
  })
  expect((await dev.root('whoami', {})).roles).toEqual([{ project: '*', role: 'platform-admin' }])
})

test('users and service accounts share one list of names', async () => {
  await dev.root('createUser', { body: { name: 'carl' } })
  await expect(dev.root('createServiceAccount', { body: { name: 'carl', owner: 'root' } })).rejects.toMatchObject({
    code: 'identity_exists',
  })
  await expect(dev.root('createServiceAccount', { body: { name: 'bot', owner: 'nobody' } })).rejects.toMatchObject({
    code: 'identity_not_found',
  })
})

test.each(['../etc', 'a'.repeat(300), 'اسم', 'A', ''])(
  'the name %s is refused with the rule it breaks',
  async (name) => {
    await expect(dev.root('createUser', { body: { name } })).rejects.toMatchObject({ code: 'request_invalid' })
  },
)

test('a key that is bound does less than its identity, never more', async () => {
  await dev.root('createProject', { body: { name: 'elsewhere' } })
  const make = async (scope: KeyScope) =>
    callAs(dev.workspace.fetch, (await dev.root('createApiKey', { body: { identity: 'root', scope } })).secret)
  const here = await make({ project, actions: null })
  expect((await here('listModels', { project })).items).toEqual([])
  await expect(here('listModels', { project: 'elsewhere' })).rejects.toMatchObject({ code: 'forbidden' })
  await expect(here('createUser', { body: { name: 'sneaky' } })).rejects.toMatchObject({ code: 'forbidden' })
  const reader = await make({ project: null, actions: ['model:read'] })
  expect((await reader('listModels', { project })).items).toEqual([])
  await expect(reader('listRuns', { project })).rejects.toMatchObject({
    code: 'forbidden',
    details: { actions: ['model:read'] },
  })
  const vera = await dev.as('vera', 'viewer')
  const eager = await dev.root('createApiKey', {
    body: { identity: 'vera', scope: { project, actions: ['model:promote'] } },
  })
  const call = callAs(dev.workspace.fetch, eager.secret)
  await expect(call('promoteModelVersion', { project, model: 'm', body: { stage: 'staging' } })).rejects.toMatchObject({
    code: 'forbidden',
  })
  expect((await vera('whoami', {})).actor.name).toBe('vera')
})

test('a rotated key goes on for its overlap and no longer; strangers cannot rotate it', async () => {
  const scope: KeyScope = { project, actions: ['model:read'] }
  const old = await dev.root('createApiKey', { body: { identity: 'root', scope } })
  const olga = await dev.as('olga', 'ml-engineer')
  await expect(olga('rotateApiKey', { id: old.apiKey.id, body: {} })).rejects.toMatchObject({
    code: 'api_key_not_found',
  })
  const call = callAs(dev.workspace.fetch, old.secret)
  const fresh = await call('rotateApiKey', { id: old.apiKey.id, body: { overlapSeconds: 60 } })
  expect(fresh.apiKey.scope).toEqual(scope)
  expect((await call('whoami', {})).actor.name).toBe('root')
  await call('rotateApiKey', { id: old.apiKey.id, body: { overlapSeconds: 0 } })
  await expect(call('whoami', {})).rejects.toMatchObject({ code: 'unauthenticated' })
  expect((await callAs(dev.workspace.fetch, fresh.secret)('whoami', {})).actor.name).toBe('root')
})

test('a key that is bound rotates itself and no other, or it would get at a key that may do more', async () => {
  const made = await dev.root('createApiKey', {
    body: { identity: 'root', scope: { project, actions: ['model:read'] } },
  })
  const full = await dev.root('createApiKey', { body: { identity: 'root' } })
  const bound = callAs(dev.workspace.fetch, made.secret)
  await expect(bound('rotateApiKey', { id: full.apiKey.id, body: {} })).rejects.toMatchObject({
    code: 'api_key_not_found',
  })
  expect((await bound('rotateApiKey', { id: made.apiKey.id, body: {} })).apiKey.scope).toEqual(made.apiKey.scope)
})

test('whoever lists projects sees those that the key opens', async () => {
  await dev.root('createProject', { body: { name: 'hidden' } })
  const names = async (secret: string) =>
    (await callAs(dev.workspace.fetch, secret)('listProjects', {})).items.map(({ name }) => name)
  await dev.as('pia', 'viewer')
  expect(await names(await dev.keyOf('pia'))).toEqual([project])
  const scope = { project, actions: null }
  expect(await names((await dev.root('createApiKey', { body: { identity: 'root', scope } })).secret)).toEqual([project])
  const elsewhere = { identity: 'pia', scope: { project: 'hidden', actions: null } }
  expect(await names((await dev.root('createApiKey', { body: elsewhere })).secret)).toEqual([])
  expect(await names(await dev.keyOf('root'))).toContain('hidden')
})
