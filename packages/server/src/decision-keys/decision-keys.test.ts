import { createSigningKey, fileSigner, signKeyClaim } from '@airlock-ml/bundle'
import { beforeAll, expect, test } from 'vitest'
import { type Call, callAs } from '../../test/call.ts'
import { register, signerOf } from '../../test/decision-signing.ts'
import { sharedWorkspaces } from '../../test/shared-workspaces.ts'
import { project } from '../../test/two-workspaces.ts'

const { production } = sharedWorkspaces()
let ann: Call
let bob: Call

beforeAll(async () => {
  ann = await production.as('ann', 'approver')
  bob = await production.as('bob', 'approver')
})

const newSigner = () => fileSigner(createSigningKey())
const keysOf = async (person: string) => (await production.root('listDecisionKeys', { person })).items
const lastRefusal = async () => (await production.root('listAuditEvents', { type: 'request.refused' })).items[0]

test('a key is registered with proof that its person holds it, and the log keeps key and proof', async () => {
  const signer = await signerOf(ann)
  const [key] = await keysOf('ann')
  expect(key).toMatchObject({
    person: 'ann',
    fingerprint: signer.keyHint,
    publicKey: signer.publicKey,
    revokedAt: null,
  })
  expect(await bob('showDecisionKey', { fingerprint: signer.keyHint })).toEqual(key)
  const { items } = await production.root('listAuditEvents', { subject: signer.keyHint })
  expect(items).toMatchObject([
    {
      type: 'decision-key.registered',
      actor: { name: 'ann' },
      after: { person: 'ann', publicKey: signer.publicKey, proof: expect.any(String) },
    },
  ])
})

test('the same key again changes nothing', async () => {
  const signer = await signerOf(ann)
  const again = await register(ann, signer)
  expect(again).toMatchObject({ fingerprint: signer.keyHint })
  const { items } = await production.root('listAuditEvents', { subject: signer.keyHint })
  expect(items).toHaveLength(1)
})

test.each([
  ['no proof', async () => null],
  ['the proof of another key', () => signKeyClaim(newSigner(), { workspace: 'enterprise-production', by: 'bob' })],
  ['nonsense as a proof', async () => 'bm9uc2Vuc2U='],
])('with %s no key is registered, and the log says so', async (_, proofOf) => {
  const body = { publicKey: newSigner().publicKey, proof: await proofOf() }
  await expect(bob('registerDecisionKey', { body })).rejects.toMatchObject({ code: 'decision_signature_invalid' })
  expect(await lastRefusal()).toMatchObject({
    actor: { name: 'bob' },
    subject: { kind: 'registerDecisionKey' },
    after: { code: 'decision_signature_invalid' },
  })
  expect(await keysOf('bob')).toEqual([])
})

test.each([
  ['for another person', { workspace: 'enterprise-production', by: 'ann' }],
  ['for another workspace', { workspace: 'enterprise-dev-staging', by: 'bob' }],
])('a registration that was made %s is no use', async (_, claim) => {
  const signer = newSigner()
  const body = { publicKey: signer.publicKey, proof: await signKeyClaim(signer, claim) }
  await expect(bob('registerDecisionKey', { body })).rejects.toMatchObject({ code: 'decision_signature_invalid' })
})

test('two people do not share a key, and neither does one take it over once it has ended', async () => {
  const signer = await signerOf(ann)
  await expect(register(bob, signer)).rejects.toMatchObject({ code: 'decision_key_taken' })
  expect(await lastRefusal()).toMatchObject({ actor: { name: 'bob' }, after: { code: 'decision_key_taken' } })
  const cat = await production.as('cat', 'approver')
  const ended = await signerOf(cat)
  await cat('revokeDecisionKey', { fingerprint: ended.keyHint })
  for (const call of [bob, cat])
    await expect(register(call, ended)).rejects.toMatchObject({ code: 'decision_key_taken' })
})

test('whoever stole an API key replaces nobody’s decision key, not by ending it first either', async () => {
  const dan = await production.as('dan', 'approver')
  const { keyHint: fingerprint } = await signerOf(dan)
  const stolen = callAs(production.workspace.fetch, await production.keyOf('dan'))
  await expect(register(stolen, newSigner())).rejects.toMatchObject({ code: 'decision_key_exists' })
  await stolen('revokeDecisionKey', { fingerprint })
  await expect(register(stolen, newSigner())).rejects.toMatchObject({ code: 'decision_key_exists' })
  expect(await lastRefusal()).toMatchObject({ after: { code: 'decision_key_exists' } })
  await stolen('revokeDecisionKey', { fingerprint })
  expect(await keysOf('dan')).toMatchObject([{ fingerprint, revokedBy: 'dan' }])

  const [{ revokedAt } = { revokedAt: null }] = await keysOf('dan')
  for (const _ of ['once', 'and again'])
    expect(await production.root('revokeDecisionKey', { fingerprint })).toMatchObject({ revokedAt, revokedBy: 'dan' })
  expect(await keysOf('dan')).toMatchObject([{ revokedAt, revokedBy: 'dan' }])
  const next = newSigner()
  expect(await register(dan, next)).toMatchObject({ person: 'dan', fingerprint: next.keyHint })
  expect(await keysOf('dan')).toHaveLength(2)
  const { items } = await production.root('listAuditEvents', { type: 'decision-key.revoked', subject: fingerprint })
  expect(items.map(({ actor }) => actor.name)).toEqual(['root', 'dan'])
})

test('nobody ends the key of somebody else but an admin', async () => {
  const { keyHint: fingerprint } = await signerOf(ann)
  await expect(bob('revokeDecisionKey', { fingerprint })).rejects.toMatchObject({ code: 'decision_key_not_found' })
  expect(await bob('showDecisionKey', { fingerprint })).toMatchObject({ revokedAt: null })
})

test('disabling a person ends their key', async () => {
  const eve = await production.as('eve', 'approver')
  const { keyHint: fingerprint } = await signerOf(eve)
  const { disabledAt } = await production.root('disableIdentity', { name: 'eve' })
  expect(await bob('showDecisionKey', { fingerprint })).toMatchObject({ revokedAt: disabledAt })
})

test('a machine and a bound API key register nothing', async () => {
  await production.root('createServiceAccount', { body: { name: 'bob-ci', owner: 'bob' } })
  const machine = callAs(production.workspace.fetch, await production.keyOf('bob-ci'))
  await expect(register(machine, newSigner())).rejects.toMatchObject({ code: 'forbidden' })
  const scope = { project, actions: null }
  const { secret } = await production.root('createApiKey', { body: { identity: 'bob', scope } })
  const bound = callAs(production.workspace.fetch, secret)
  await expect(register(bound, newSigner())).rejects.toMatchObject({ code: 'forbidden' })
})

test('what is no P-256 public key is refused, a private one above all', async () => {
  const body = { publicKey: createSigningKey(), proof: 'AAAA' }
  await expect(bob('registerDecisionKey', { body })).rejects.toMatchObject({ code: 'public_key_invalid' })
})
