import { createSigningKey, fileSigner } from '@airlock-ml/bundle'
import type { Promotion } from '@airlock-ml/contract'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { type Call, callAs } from '../../test/call.ts'
import { approvePromotion, register, rejectPromotion, sign, signerOf } from '../../test/decision-signing.ts'
import { editDatabase } from '../../test/edit-database.ts'
import { promotionDesk } from '../../test/promotion-desk.ts'
import { freshWorkspaces } from '../../test/shared-workspaces.ts'
import { type TrainedModel, trainModel } from '../../test/trained-model.ts'
import { model, project, stageAndExport } from '../../test/two-workspaces.ts'

let trained: TrainedModel
const both = freshWorkspaces()
let desk: Awaited<ReturnType<typeof promotionDesk>>
let waiting: Promotion

beforeAll(async () => {
  trained = await trainModel({ seed: 1 })
})
beforeEach(async () => {
  desk = await promotionDesk(both)
  const { bundle } = await stageAndExport(both.dev.root, trained)
  waiting = await requested(desk.alice, bundle.uri)
})

async function requested(by: Call, uri: string) {
  const { id } = await by('requestPromotion', { project, body: { model, bundle: { uri } } })
  await both.production.workspace.advance(id)
  return desk.show(id)
}
const newSigner = () => fileSigner(createSigningKey())
const wanted = () => ({
  verdict: 'approved' as const,
  subject: { kind: 'promotion' as const, id: waiting.id },
  digest: waiting.planDigest!,
  reason: null,
})
const approveWith = (by: Call, signature: string | null) =>
  by('approvePromotion', { project, promotionId: waiting.id, body: { planDigest: waiting.planDigest!, signature } })
const policyOf = async () => (await both.production.root('showPolicy', { project, stage: 'production' })).spec
const edit = (sql: string) => editDatabase(both.production, sql)
const refusals = async () =>
  (await both.production.root('listAuditEvents', { type: 'request.refused' })).items.map(({ actor, after }) => [
    actor.name,
    (after as { code: string }).code,
  ])

test('an approval keeps signature and key, in the record and in the log', async () => {
  const approved = await approvePromotion(desk.bob, waiting, 'Looked at it.')
  const { keyHint } = await signerOf(desk.bob)
  expect(approved.approvals).toMatchObject([{ by: 'bob', keyFingerprint: keyHint }])
  const [event] = (await both.production.root('listAuditEvents', { type: 'promotion.approved' })).items
  expect(event?.after).toMatchObject({ keyFingerprint: keyHint, signature: approved.approvals[0]!.signature })
})

test('without a signature, or with one over something else, nothing is approved, and the log says who tried', async () => {
  const carol = await both.production.as('carol', 'approver')
  const other = await signerOf(carol)
  const forged: (string | null)[] = [
    null,
    '',
    'AAAA',
    await sign(desk.bob, wanted(), { signer: newSigner() }),
    await sign(desk.bob, wanted(), { signer: other }),
    await sign(desk.bob, wanted(), { digest: 'd'.repeat(64) }),
    await sign(desk.bob, wanted(), { subject: { kind: 'promotion', id: '0198c0de-0000-7000-8000-000000000000' } }),
    await sign(desk.bob, wanted(), { subject: { kind: 'change', id: waiting.id } }),
    await sign(desk.bob, wanted(), { workspace: 'enterprise-dev-staging' }),
    await sign(desk.bob, wanted(), { verdict: 'rejected' }),
    await sign(desk.bob, wanted(), { by: 'carol' }),
    await sign(desk.bob, wanted(), { reason: 'Because.' }),
  ]
  for (const signature of forged)
    await expect(approveWith(desk.bob, signature)).rejects.toMatchObject({ code: 'decision_signature_invalid' })
  expect(await desk.show(waiting.id)).toMatchObject({ state: 'awaiting_approval', approvals: [] })
  expect(await refusals()).toEqual(forged.map(() => ['bob', 'decision_signature_invalid']))
})

test('a stolen API key approves nothing by itself, and rejects nothing', async () => {
  const stolen = callAs(both.production.workspace.fetch, await both.production.keyOf('bob'))
  const signer = newSigner()
  await expect(register(stolen, signer)).rejects.toMatchObject({ code: 'decision_key_exists' })
  const forged = await sign(desk.bob, wanted(), { signer })
  await expect(approveWith(stolen, forged)).rejects.toMatchObject({ code: 'decision_signature_invalid' })
  const body = { reason: 'no', signature: forged }
  await expect(stolen('rejectPromotion', { project, promotionId: waiting.id, body })).rejects.toMatchObject({
    code: 'decision_signature_invalid',
  })
  expect(await desk.show(waiting.id)).toMatchObject({ state: 'awaiting_approval' })
})

test('who has no decision key is told to make one', async () => {
  const carol = await both.production.as('carol', 'approver')
  await expect(approveWith(carol, 'AAAA')).rejects.toMatchObject({
    code: 'decision_key_missing',
    remedy: expect.stringContaining('airlock login'),
  })
  expect(await refusals()).toEqual([['carol', 'decision_key_missing']])
})

test('a revoked key approves nothing, and what it approved before the import is asked for again', async () => {
  const { root, workspace } = both.production
  await approvePromotion(desk.bob, waiting)
  const { keyHint: fingerprint } = await signerOf(desk.bob)
  await root('revokeDecisionKey', { fingerprint })
  expect((await desk.show(waiting.id)).approvals).toMatchObject([{ by: 'bob', fault: 'key_ended' }])
  await workspace.advance(waiting.id)
  const again = await desk.show(waiting.id)
  expect(again).toMatchObject({ state: 'awaiting_approval', version: null, planDigest: waiting.planDigest })
  expect((await root('listAuditEvents', { type: 'promotion.approvals-lapsed' })).items).toHaveLength(1)
  await expect(approvePromotion(desk.bob, again)).rejects.toMatchObject({ code: 'decision_key_missing' })

  const next = newSigner()
  await register(desk.bob, next)
  await approveWith(desk.bob, await sign(desk.bob, wanted(), { signer: next }))
  await workspace.advance(waiting.id)
  expect(await desk.show(waiting.id)).toMatchObject({ state: 'completed' })
})

test('an approval whose row was edited by hand does not stand', async () => {
  await approvePromotion(desk.bob, waiting)
  edit(`update approvals set reason = 'Checked by two people.'`)
  await both.production.workspace.advance(waiting.id)
  expect(await desk.show(waiting.id)).toMatchObject({ state: 'awaiting_approval', version: null })
})

test('an approval that was copied into another promotion is shown with its fault, and does not stand', async () => {
  await approvePromotion(desk.bob, waiting)
  const { bundle } = await stageAndExport(both.dev.root, await trainModel({ seed: 2, trees: 3 }), { seed: 2 })
  const other = await requested(desk.alice, bundle.uri)
  edit(
    `insert into approvals select '${other.id}', '${other.planDigest}', person, by_name, decision, reason, at, expires_at,
      key_fingerprint, signature from approvals`,
  )
  expect((await desk.show(waiting.id)).approvals[0]).not.toHaveProperty('fault')
  expect(await desk.show(other.id)).toMatchObject({ approvals: [{ by: 'bob', fault: 'signature_invalid' }] })
  edit(`update promotions set state = 'approved' where id = '${other.id}'`)
  await both.production.workspace.advance(other.id)
  expect(await desk.show(other.id)).toMatchObject({ state: 'awaiting_approval', version: null })
})

test('an approval that was entered again, later or under another person, counts once', async () => {
  const columns = 'decision, reason, at, expires_at, key_fingerprint, signature from approvals'
  await both.production.root('applyPolicy', { project, body: { ...(await policyOf()), approvals: { required: 2 } } })
  await rejectPromotion(desk.bob, waiting, 'Two must look at it.')
  waiting = await requested(desk.alice, waiting.bundle.uri)
  await approvePromotion(desk.bob, waiting)
  const given = `where promotion_id = '${waiting.id}'`
  edit(`insert into approvals select promotion_id, plan_digest, 'root', by_name, ${columns} ${given}`)
  edit(
    `insert into approvals select promotion_id, plan_digest, person, by_name,
      ${columns.replace(' at,', " '2026-01-01T00:00:00.000Z',")} ${given} and person = 'bob'`,
  )
  edit(`update promotions set state = 'approved' where id = '${waiting.id}'`)
  await both.production.workspace.advance(waiting.id)
  expect(await desk.show(waiting.id)).toMatchObject({ state: 'awaiting_approval', version: null })
})

test('who may not approve at all is told so, with or without a decision key', async () => {
  const carol = await both.production.as('carol', 'approver')
  await expect(approveWith(desk.alice, null)).rejects.toMatchObject({ code: 'approval_by_requester' })
  edit(`update promotions set approval_roles = '["platform-admin"]'`)
  await expect(approveWith(carol, null)).rejects.toMatchObject({ code: 'approval_role_missing' })
  edit(`update promotions set approval_roles = '["approver"]'`)
  await approvePromotion(desk.bob, waiting)
  await expect(approveWith(desk.alice, null)).rejects.toMatchObject({ code: 'approval_by_requester' })
  await both.production.workspace.advance(waiting.id)
  await expect(approveWith(carol, null)).rejects.toMatchObject({ code: 'promotion_ended' })
})

test('who approves after others gave what was needed is told that, and not that there is no plan', async () => {
  const carol = await both.production.as('carol', 'approver')
  await signerOf(carol)
  await approvePromotion(desk.bob, waiting)
  await expect(approvePromotion(carol, waiting)).rejects.toMatchObject({
    code: 'promotion_approved',
    message: expect.stringContaining('is being imported'),
  })
})

test('a rejection is signed too, over the bundle', async () => {
  const rejected = await rejectPromotion(desk.bob, waiting, 'Not before the audit.')
  const { keyHint } = await signerOf(desk.bob)
  expect(rejected).toMatchObject({
    state: 'rejected',
    approvals: [{ by: 'bob', decision: 'rejected', planDigest: waiting.bundle.digest, keyFingerprint: keyHint }],
  })
})

test('who made the API key that asked has asked: neither they nor their machines approve', async () => {
  const { root, keyOf, workspace } = both.production
  await root('createUser', {
    body: {
      name: 'ada',
      roles: [
        { project: '*', role: 'platform-admin' },
        { project, role: 'approver' },
      ],
    },
  })
  const ada = callAs(workspace.fetch, await keyOf('ada'))
  await root('createServiceAccount', { body: { name: 'ada-ci', owner: 'ada', roles: [{ project, role: 'approver' }] } })
  const machine = callAs(workspace.fetch, await keyOf('ada-ci'))
  await root('createServiceAccount', {
    body: { name: 'ci', owner: 'alice', roles: [{ project, role: 'ml-engineer' }] },
  })
  const { apiKey, secret } = await ada('createApiKey', { body: { identity: 'ci' } })
  expect(apiKey.mintedBy).toBe('ada')
  const ci = callAs(workspace.fetch, secret)
  // A machine that rotates its key is still held by who made the first.
  const rotated = await ci('rotateApiKey', { id: apiKey.id, body: {} })
  expect(rotated.apiKey.mintedBy).toBe('ada')
  await rejectPromotion(desk.alice, waiting, 'A machine asks for it.')
  waiting = await requested(callAs(workspace.fetch, rotated.secret), waiting.bundle.uri)
  expect(waiting).toMatchObject({ requestedBy: 'ci', requestedByPerson: 'alice', requesters: ['alice', 'ada'] })

  for (const call of [ada, machine])
    await expect(approvePromotion(call, waiting)).rejects.toMatchObject({
      code: 'approval_by_requester',
      message: expect.stringContaining('made an API key for ci'),
    })
  expect(await refusals()).toEqual([
    ['ada-ci', 'approval_by_requester'],
    ['ada', 'approval_by_requester'],
  ])
  expect(await approvePromotion(desk.bob, waiting)).toMatchObject({ state: 'approved' })
})

test('a person who rotates their own key has made it', async () => {
  const { root, keyOf, workspace } = both.production
  const secret = await keyOf('bob')
  const id = secret.split('_')[1]!
  expect((await root('showApiKey', { id })).mintedBy).toBe('root')
  const { apiKey } = await callAs(workspace.fetch, secret)('rotateApiKey', { id, body: {} })
  expect(apiKey.mintedBy).toBe('bob')
  const { items } = await root('listApiKeys', { identity: 'root' })
  expect(items.map(({ mintedBy }) => mintedBy)).toEqual(['root'])
})
