import { createSigningKey, fileSigner, signKeyClaim, verifyExport } from '@airlock-ml/bundle'
import { isHeld, type RoleBinding } from '@airlock-ml/contract'
import { beforeEach, expect, test } from 'vitest'
import { type Call, callAs } from '../../test/call.ts'
import { sign, signerOf } from '../../test/decision-signing.ts'
import { freshWorkspaces } from '../../test/shared-workspaces.ts'
import { project } from '../../test/two-workspaces.ts'
import { recoverAdmin } from '../recover-admin.ts'

const admin: RoleBinding[] = [{ project: '*', role: 'platform-admin' }]
const both = freshWorkspaces({ approvals: 2, fourEyes: true })
const { production } = both
let root: Call
beforeEach(async () => {
  root = production.root
  await root('createUser', { body: { name: 'eve', roles: admin } })
  await signerOf(root)
  await signerOf(callAs(production.workspace.fetch, await production.keyOf('eve')))
})

const events = async (type: string) => (await root('listAuditEvents', { type })).items

/** As the owner of the files does: with nothing but the folder. */
async function recover(name: string, { dir = production.dir, workspace = 'enterprise-production' } = {}) {
  const signer = fileSigner(createSigningKey())
  const proof = await signKeyClaim(signer, { workspace, by: name })
  const wanted = { admin: name, reason: 'Eve has left.', publicKey: signer.publicKey, proof }
  const { apiKey } = await recoverAdmin({ dir, exchange: both.exchange }, wanted)
  return { signer, call: callAs(production.workspace.fetch, apiKey) }
}

test('with one admin left, the owner of the files makes a second, who lets through what waited', async () => {
  await root('disableIdentity', { name: 'eve' })
  const { spec } = await root('showPolicy', { project, stage: 'production' })
  const asked = await root('applyPolicy', {
    project,
    body: { ...spec, approvals: { required: 1, roles: ['approver'] } },
  })
  if (!isHeld(asked)) throw new Error('It was done at once.')
  expect(asked.change.mayDecide).toEqual([])
  const { call: zoe, signer } = await recover('zoe')
  const { id, digest } = asked.change
  const decision = { verdict: 'approved' as const, subject: { kind: 'change' as const, id }, digest, reason: null }
  const signature = await sign(zoe, decision, { signer })
  await zoe('approveChange', { changeId: id, body: { signature } })
  expect((await root('showPolicy', { project, stage: 'production' })).spec.approvals.required).toBe(1)
})

test('it is on record for ever, in the workspace and in every check of its log', async () => {
  await root('disableIdentity', { name: 'eve' })
  expect((await root('showWorkspace', {})).recoveries).toEqual([])
  await recover('zoe')
  const [event] = await events('workspace.admin-recovered')
  expect(event).toMatchObject({
    actor: { kind: 'system', name: 'recovered_by_host' },
    before: { admins: ['root'] },
    after: { admin: 'zoe', admins: ['root', 'zoe'] },
    reason: 'Eve has left.',
  })
  const { recoveries, publicKey } = await root('showWorkspace', {})
  expect(recoveries).toEqual([{ at: event!.at, event: event!.sequence }])
  await root('createCheckpoint', {})
  const verdict = await verifyExport(await root('exportAuditLog', {}), { publicKeys: [publicKey] })
  expect(verdict).toMatchObject({
    ok: true,
    recoveries: [{ sequence: event!.sequence, at: event!.at, admin: 'zoe', reason: 'Eve has left.' }],
  })
  expect(await root('checkWorkspace', {})).toMatchObject({ consistent: true })
})

test('while two can sign, without four eyes, for somebody known, or with a bad name nothing is done', async () => {
  const before = (await root('listAuditEvents', {})).items.length
  await expect(recover('zoe')).rejects.toMatchObject({ code: 'recovery_refused', details: { admins: ['eve', 'root'] } })
  const dev = { dir: both.dev.dir, workspace: 'enterprise-dev-staging' }
  await expect(recover('zoe', dev)).rejects.toMatchObject({ code: 'recovery_refused' })
  await expect(recover('Zoe; drop')).rejects.toMatchObject({ code: 'request_invalid' })
  expect((await root('listAuditEvents', {})).items.length).toBe(before)
  await root('disableIdentity', { name: 'eve' })
  await expect(recover('eve')).rejects.toMatchObject({ code: 'identity_exists' })
  expect(await events('workspace.admin-recovered')).toEqual([])
  await recover('zoe')
  await expect(recover('ian')).rejects.toMatchObject({ code: 'recovery_refused' })
})
