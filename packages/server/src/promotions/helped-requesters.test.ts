import type { Promotion, RoleBinding } from '@airlock-ml/contract'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { type Call, callAs } from '../../test/call.ts'
import { approvePromotion, signerOf } from '../../test/decision-signing.ts'
import { freshWorkspaces } from '../../test/shared-workspaces.ts'
import { type TrainedModel, trainModel } from '../../test/trained-model.ts'
import { model, project, stageAndExport } from '../../test/two-workspaces.ts'

const admin: RoleBinding[] = [
  { project: '*', role: 'platform-admin' },
  { project, role: 'approver' },
]
let trained: TrainedModel
const both = freshWorkspaces({ fourEyes: true })
let eve: Call
let bob: Call

beforeAll(async () => {
  trained = await trainModel({ seed: 1 })
})
/** Four eyes are in force: root and eve are admins, alice may ask, eve and bob may approve. */
beforeEach(async () => {
  const { production } = both
  await production.root('createUser', { body: { name: 'eve', roles: admin } })
  eve = callAs(production.workspace.fetch, await production.keyOf('eve'))
  await production.as('alice', 'ml-engineer', 'approver')
  bob = await production.as('bob', 'approver')
  for (const call of [bob, production.root, eve]) await signerOf(call)
  expect((await production.root('showWorkspace', {})).fourEyesSince).not.toBeNull()
})

const signedInAs = (secret: string) => callAs(both.production.workspace.fetch, secret)

/** Asks for a promotion, up to where people decide. */
async function requested(by: Call): Promise<Promotion> {
  const { bundle } = await stageAndExport(both.dev.root, trained)
  const { id } = await by('requestPromotion', { project, body: { model, bundle: { uri: bundle.uri } } })
  await both.production.workspace.advance(id)
  return both.production.root('showPromotion', { project, promotionId: id })
}

async function expectEveMayNot(waiting: Promotion) {
  expect(waiting).toMatchObject({ state: 'awaiting_approval', requestedBy: 'alice', requesters: ['alice', 'eve'] })
  await expect(approvePromotion(eve, waiting)).rejects.toMatchObject({ code: 'approval_by_requester' })
  const { items } = await both.production.root('listAuditEvents', { type: 'request.refused' })
  expect(items).toMatchObject([{ actor: { name: 'eve' }, after: { code: 'approval_by_requester' } }])
  expect(await approvePromotion(bob, waiting)).toMatchObject({ state: 'approved' })
}

test('an admin who made alice’s key and rotated it under her name has asked for what it asks', async () => {
  const { apiKey, secret } = await eve('createApiKey', { body: { identity: 'alice' } })
  const rotated = await signedInAs(secret)('rotateApiKey', { id: apiKey.id, body: { overlapSeconds: 0 } })
  expect(rotated.apiKey.mintedBy).toBe('alice')
  await expectEveMayNot(await requested(signedInAs(rotated.secret)))
})

test('an admin who set alice’s password and changed it under her name has asked for what she then asks', async () => {
  const [password, next] = ['given by an admin', 'chosen by an admin']
  const signIn = async (given: string) =>
    signedInAs((await signedInAs('')('signIn', { body: { name: 'alice', password: given } })).secret)
  await eve('setUserPassword', { name: 'alice', body: { password } })
  await (await signIn(password))('setOwnPassword', { body: { password: next, current: password } })
  await expectEveMayNot(await requested(await signIn(next)))
})
