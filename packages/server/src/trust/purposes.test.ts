import { createSigningKey, publicKeyOf } from '@airlock-ml/bundle'
import { expect, test } from 'vitest'
import { done } from '../../test/call.ts'
import { sharedWorkspaces } from '../../test/shared-workspaces.ts'
import { trainModel } from '../../test/trained-model.ts'
import { model, project, runTraining } from '../../test/two-workspaces.ts'

const both = sharedWorkspaces()

test('a key is trusted for bundles unless other purposes are named, and can be given more of them', async () => {
  const { root } = both.dev
  const publicKey = publicKeyOf(createSigningKey())
  const body = { workspace: 'enterprise-production', publicKey }
  expect(done(await root('addTrustedKey', { body })).purposes).toEqual(['bundles'])
  const wider = done(await root('addTrustedKey', { body: { ...body, purposes: ['witness', 'receipts'] } }))
  expect(wider.purposes).toEqual(['bundles', 'receipts', 'witness'])
  await expect(root('addTrustedKey', { body: { ...body, purposes: ['receipts'] } })).rejects.toMatchObject({
    code: 'trusted_key_exists',
  })
  const { items } = await root('listAuditEvents', { subject: wider.keyHint })
  expect(items.map(({ type }) => type)).toEqual(['trust.widened', 'trust.added'])
})

test('a key that was removed is given no purpose again', async () => {
  const { root } = both.dev
  const body = { workspace: 'enterprise-production', publicKey: publicKeyOf(createSigningKey()) }
  const { keyHint } = done(await root('addTrustedKey', { body }))
  await root('removeTrustedKey', { keyHint, body: { reason: 'stolen' } })
  await expect(root('addTrustedKey', { body: { ...body, purposes: ['receipts'] } })).rejects.toMatchObject({
    code: 'trusted_key_exists',
  })
})

test('a key that is believed for receipts brings in no bundle', async () => {
  const { dev, production } = both
  const run = await runTraining(production.root, await trainModel({ seed: 1 }))
  const { bundle } = await production.root('exportModelVersion', {
    project,
    model,
    body: { number: run.model!.number! },
  })
  const { publicKey } = await production.root('showWorkspace', {})
  await dev.root('addTrustedKey', { body: { workspace: 'enterprise-production', publicKey, purposes: ['receipts'] } })
  const plan = dev.root('planPromotion', { project, body: { model, stage: 'staging', bundle: { uri: bundle.uri } } })
  await expect(plan).rejects.toMatchObject({ code: 'bundle_untrusted' })
})
