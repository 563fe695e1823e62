import { createSigningKey, fileSigner, publicKeyOf, signKeyClaim } from '@airlock-ml/bundle'
import { type Change, type Held, isHeld, type PolicySpec, type RoleBinding } from '@airlock-ml/contract'
import { beforeEach, expect, test } from 'vitest'
import { type Call, callAs, done } from '../../test/call.ts'
import { sign, signerOf } from '../../test/decision-signing.ts'
import { freshWorkspaces } from '../../test/shared-workspaces.ts'
import { stoppedClock } from '../../test/stopped-clock.ts'
import { passing, project, twoWorkspaces } from '../../test/two-workspaces.ts'

const admin: RoleBinding[] = [{ project: '*', role: 'platform-admin' }]
const DAY_MS = 86_400_000
const clock = stoppedClock('2026-03-04T05:06:07Z')
const both = freshWorkspaces({ approvals: 2, fourEyes: true, now: clock.now })
const { production } = both
let root: Call
let eve: Call

beforeEach(async () => {
  root = production.root
  await root('createUser', { body: { name: 'eve', roles: admin } })
  eve = callAs(production.workspace.fetch, await production.keyOf('eve'))
  await signerOf(root)
  await signerOf(eve)
})

const spec = async () => (await root('showPolicy', { project, stage: 'production' })).spec
const events = async (type: string) => (await root('listAuditEvents', { type })).items
const waiting = (answer: object | Held): Change => {
  if (!isHeld(answer)) throw new Error('It was done at once.')
  return answer.change
}
const apply = async (by: Call, change: Partial<PolicySpec>) =>
  by('applyPolicy', { project, body: { ...(await spec()), ...change } })
const lower = async (by = root) => waiting(await apply(by, { approvals: { required: 1, roles: ['approver'] } }))
const signed = (by: Call, { id, digest }: Change, other = {}) =>
  sign(by, { verdict: 'approved', subject: { kind: 'change', id }, digest, reason: null }, other)
const approve = async (by: Call, change: Change, other = {}) =>
  by('approveChange', { changeId: change.id, body: { signature: await signed(by, change, other) } })
const refusedWith = async (code: string) =>
  expect((await events('request.refused'))[0]).toMatchObject({ subject: { kind: 'approveChange' }, after: { code } })

test('one admin sets the workspace up alone; the second one’s key brings four eyes into force, for good', async () => {
  const { fourEyes, fourEyesSince } = await root('showWorkspace', {})
  expect([fourEyes, fourEyesSince]).toEqual([true, clock.now().toISOString()])
  expect(await events('workspace.four-eyes-begun')).toMatchObject([
    { actor: { name: 'eve' }, after: { admins: ['eve', 'root'] } },
  ])
  expect(await root('disableIdentity', { name: 'eve' })).toMatchObject({
    warning: expect.stringContaining('root is the only admin left who can sign'),
  })
  const change = await lower()
  expect(change.mayDecide).toEqual([])
  expect((await both.dev.root('showWorkspace', {})).fourEyesSince).toBeNull()
})

test.each<[string, () => Promise<{ warning: string | null }>]>([
  ['demotes an admin', async () => done(await root('setRoles', { name: 'eve', body: { roles: [] } }))],
  ['disables an admin', () => root('disableIdentity', { name: 'eve' })],
  [
    'ends the decision key of one',
    async () => root('revokeDecisionKey', { fingerprint: (await signerOf(eve)).keyHint }),
  ],
])('who %s is warned when too few are left who can sign, and not before', async (_, act) => {
  done(await root('createUser', { body: { name: 'pat', roles: [] } }))
  expect((await root('disableIdentity', { name: 'pat' })).warning).toBeNull()
  expect((await act()).warning).toContain('root is the only admin left who can sign')
})

test('an admin who had a key before they had the role closes the set-up just the same', async () => {
  const late = await twoWorkspaces({ fourEyes: true })
  try {
    await signerOf(late.production.root)
    await signerOf(await late.production.as('uma', 'approver'))
    expect((await late.production.root('showWorkspace', {})).fourEyesSince).toBeNull()
    done(await late.production.root('setRoles', { name: 'uma', body: { roles: admin } }))
    expect((await late.production.root('showWorkspace', {})).fourEyesSince).not.toBeNull()
  } finally {
    await late.close()
  }
})

test('one admin alone lowers nothing: it waits, is asked once, and a second one’s signature applies it', async () => {
  const change = await lower()
  expect(change).toMatchObject({
    state: 'pending',
    subject: 'policy production',
    before: { approvals: { required: 2 } },
    after: { approvals: { required: 1 } },
    requestedBy: 'root',
    mayDecide: ['eve'],
  })
  expect((await spec()).approvals.required).toBe(2)
  expect(await lower()).toEqual(change)
  expect((await root('listChanges', { state: 'pending' })).items).toEqual([change])
  const applied = await approve(eve, change)
  expect(applied).toMatchObject({ state: 'applied', decision: { verdict: 'approved', by: 'eve' } })
  expect((await spec()).approvals.required).toBe(1)
  expect((await root('showPolicy', { project, stage: 'production' })).appliedBy).toBe('root')
  expect(await events('change.requested')).toHaveLength(1)
  expect((await events('change.applied'))[0]).toMatchObject({
    actor: { name: 'eve' },
    subject: { id: change.id, digest: change.digest },
    after: { signature: applied.decision?.signature, requestedBy: 'root' },
  })
  expect((await events('policy.applied'))[0]).toMatchObject({ actor: { name: 'root' } })
})

test('what tightens is done at once', async () => {
  const gates = [...(await spec()).gates, { ...passing[0]!, name: 'precision' }]
  expect(done(await apply(root, { gates })).version).toBe(2)
  expect(done(await apply(root, {})).version).toBe(2)
  done(await root('createUser', { body: { name: 'ned' } }))
  const { keyHint } = (await root('listTrustedKeys', {})).items[0]!
  expect((await root('removeTrustedKey', { keyHint, body: { reason: 'copied' } })).removedAt).not.toBeNull()
  done(await root('setRoles', { name: 'eve', body: { roles: [{ project, role: 'platform-admin' }] } }))
})

const fresh = () => publicKeyOf(createSigningKey())
test.each<[string, (by: Call) => Promise<object>]>([
  ['trusts a key', (by) => by('addTrustedKey', { body: { workspace: 'elsewhere', publicKey: fresh() } })],
  [
    'widens a trust',
    async (by) => {
      const { publicKey, workspace } = (await root('listTrustedKeys', {})).items[0]!
      return by('addTrustedKey', { body: { workspace, publicKey, purposes: ['witness'] } })
    },
  ],
  ['gives a role', (by) => by('setRoles', { name: 'ned', body: { roles: [{ project, role: 'approver' }] } })],
  ['makes a person with a role', (by) => by('createUser', { body: { name: 'mal', roles: admin } })],
  [
    'makes a machine with a role',
    (by) => by('createServiceAccount', { body: { name: 'bot', owner: 'ned', roles: [{ project, role: 'viewer' }] } }),
  ],
  [
    'lets tokens sign in',
    (by) =>
      by('createFederationRule', {
        body: { issuer: 'https://id.example.org', audience: 'a', claims: { sub: 's' }, serviceAccount: 'ci' },
      }),
  ],
])('no admin %s alone, through a service account of theirs neither', async (_, act) => {
  await root('createUser', { body: { name: 'ned' } })
  await root('createServiceAccount', { body: { name: 'ci', owner: 'root' } })
  const change = waiting(await act(root))
  await expect(approve(root, change)).rejects.toMatchObject({ code: 'change_by_requester' })
  await refusedWith('change_by_requester')

  const account = waiting(await root('setRoles', { name: 'ci', body: { roles: admin } }))
  await approve(eve, account)
  const machine = callAs(production.workspace.fetch, await production.keyOf('ci'))
  await expect(
    machine('approveChange', { changeId: change.id, body: { signature: await signed(root, change) } }),
  ).rejects.toMatchObject({ code: 'change_by_requester' })
  expect(waiting(await act(machine)).requestedByPerson).toBe('root')
  expect((await root('listChanges', { state: 'applied' })).items).toHaveLength(1)
})

test('whoever made the key that asked counts as having asked', async () => {
  const borrowed = callAs(production.workspace.fetch, await production.keyOf('eve'))
  const change = await lower(borrowed)
  expect(change).toMatchObject({ requestedBy: 'eve', mayDecide: [] })
  await expect(approve(root, change)).rejects.toMatchObject({ code: 'change_by_requester' })
  await refusedWith('change_by_requester')
})

test('a key made for somebody since stays its maker’s, also when they replaced it under that name', async () => {
  clock.ms += 1_000
  const { apiKey, secret } = await root('createApiKey', { body: { identity: 'eve' } })
  const borrowed = callAs(production.workspace.fetch, secret)
  const own = await borrowed('rotateApiKey', { id: apiKey.id, body: {} })
  const change = await lower(callAs(production.workspace.fetch, own.secret))
  expect(change.mayDecide).toEqual([])
  await expect(approve(root, change)).rejects.toMatchObject({ code: 'change_by_requester' })
})

test('no admin gets another one’s decision key: ended by one, the next one waits for somebody else', async () => {
  clock.ms += 1_000
  await root('revokeDecisionKey', { fingerprint: (await signerOf(eve)).keyHint })
  const thief = callAs(production.workspace.fetch, await production.keyOf('eve'))
  const signer = fileSigner(createSigningKey())
  const proof = await signKeyClaim(signer, { workspace: 'enterprise-production', by: 'eve' })
  const body = { publicKey: signer.publicKey, proof }
  const change = waiting(await thief('registerDecisionKey', { body }))
  expect(change).toMatchObject({ subject: 'decision key of eve', before: null, mayDecide: [] })
  await expect(approve(root, change)).rejects.toMatchObject({ code: 'change_by_requester' })
  await refusedWith('change_by_requester')
  const lowered = await lower()
  await expect(approve(thief, lowered, { signer, by: 'eve' })).rejects.toMatchObject({ code: 'decision_key_missing' })
})

test('a new person’s first decision key takes an admin who did not make their API key', async () => {
  clock.ms += 1_000
  await approve(
    eve,
    waiting(await root('createUser', { body: { name: 'ned', roles: [{ project, role: 'approver' }] } })),
  )
  const ned = callAs(production.workspace.fetch, await production.keyOf('ned'))
  const signer = fileSigner(createSigningKey())
  const proof = await signKeyClaim(signer, { workspace: 'enterprise-production', by: 'ned' })
  const change = waiting(await ned('registerDecisionKey', { body: { publicKey: signer.publicKey, proof } }))
  expect(change.mayDecide).toEqual(['eve'])
  await approve(eve, change)
  const again = await ned('registerDecisionKey', { body: { publicKey: signer.publicKey, proof } })
  expect(done(again)).toMatchObject({ person: 'ned', fingerprint: signer.keyHint, revokedAt: null })

  const { revokedAt } = await ned('revokeDecisionKey', { fingerprint: signer.keyHint })
  clock.ms += 1_000
  for (const next of [fileSigner(createSigningKey()), fileSigner(createSigningKey())]) {
    const claim = await signKeyClaim(next, { workspace: 'enterprise-production', by: 'ned' })
    await approve(eve, waiting(await ned('registerDecisionKey', { body: { publicKey: next.publicKey, proof: claim } })))
  }
  const { items } = await root('listDecisionKeys', { person: 'ned' })
  expect(items.map((key) => key.revokedBy).sort()).toEqual(['eve', 'ned', null])
  expect(items).toContainEqual(expect.objectContaining({ fingerprint: signer.keyHint, revokedAt, revokedBy: 'ned' }))
})

test.each([
  ['over another digest', { digest: 'f'.repeat(64) }],
  ['for another change', { subject: { kind: 'change' as const, id: '0198c0de-0000-7000-8000-000000000000' } }],
  ['as a rejection', { verdict: 'rejected' as const }],
  ['for another workspace', { workspace: 'enterprise-dev-staging' }],
  ['by another key', { signer: fileSigner(createSigningKey()) }],
])('a signature %s approves nothing', async (_, other) => {
  const change = await lower()
  await expect(approve(eve, change, other)).rejects.toMatchObject({ code: 'decision_signature_invalid' })
  await refusedWith('decision_signature_invalid')
  expect((await spec()).approvals.required).toBe(2)
})

test('what it was based on must still be there', async () => {
  const change = await lower()
  done(await apply(root, { gates: [...(await spec()).gates, { ...passing[0]!, name: 'precision' }] }))
  await expect(approve(eve, change)).rejects.toMatchObject({ code: 'change_outdated' })
  await refusedWith('change_outdated')
  const again = await lower()
  expect(again.id).not.toBe(change.id)
  expect((await approve(eve, again)).state).toBe('applied')
  expect((await spec()).gates).toHaveLength(2)
})

test('whoever asked must still be allowed to', async () => {
  const third = waiting(await root('createUser', { body: { name: 'tom', roles: admin } }))
  await approve(eve, third)
  const change = await lower()
  await eve('disableIdentity', { name: 'root' })
  await expect(approve(eve, change)).rejects.toMatchObject({ code: 'change_outdated' })
})

test('after seven days it has expired', async () => {
  const change = await lower()
  clock.ms += 7 * DAY_MS
  expect((await eve('listChanges', { state: 'expired' })).items).toMatchObject([{ id: change.id, mayDecide: [] }])
  await expect(approve(eve, change)).rejects.toMatchObject({ code: 'change_ended' })
  await refusedWith('change_ended')
  expect((await lower()).id).not.toBe(change.id)
})

test('an approval that is sent again applies nothing again', async () => {
  const change = await lower()
  const body = { signature: await signed(eve, change) }
  await eve('approveChange', { changeId: change.id, body })
  done(await apply(root, { approvals: { required: 2, roles: ['approver'] } }))
  await expect(eve('approveChange', { changeId: change.id, body })).rejects.toMatchObject({ code: 'change_ended' })
  await refusedWith('change_ended')
  expect((await spec()).approvals.required).toBe(2)
  const next = await lower()
  await expect(eve('approveChange', { changeId: next.id, body })).rejects.toMatchObject({
    code: 'decision_signature_invalid',
  })
})

test('whoever asked may withdraw it, and a second person may reject it, for good', async () => {
  const withdrawn = await lower()
  await root('rejectChange', { changeId: withdrawn.id, body: { reason: 'a mistake' } })
  await expect(approve(eve, withdrawn)).rejects.toMatchObject({ code: 'change_ended' })
  expect((await events('change.rejected'))[0]).toMatchObject({ actor: { name: 'root' }, reason: 'a mistake' })
})

test('an act that would be refused is refused at once, and nothing waits', async () => {
  const { publicKey } = await root('showWorkspace', {})
  await expect(root('addTrustedKey', { body: { workspace: 'self', publicKey } })).rejects.toMatchObject({
    code: 'public_key_invalid',
  })
  await expect(root('createUser', { body: { name: 'eve', roles: admin } })).rejects.toMatchObject({
    code: 'identity_exists',
  })
  await expect(apply(root, { gates: [{ ...passing[0]!, expression: 'metric.x' }] })).rejects.toMatchObject({
    code: 'policy_invalid',
  })
  expect((await root('listChanges', {})).items).toEqual([])
})

test('the same act sent again with its Idempotency-Key answers with the change that waits', async () => {
  const input = { body: { name: 'mal', roles: admin } }
  const first = waiting(await root('createUser', input, { 'idempotency-key': 'k' }))
  expect(waiting(await root('createUser', input, { 'idempotency-key': 'k' }))).toEqual(first)
})
