import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createSigningKey, type ExportProof, exportProofKey, fileSigner, type Signer } from '@airlock-ml/bundle'
import { beforeEach, expect, test } from 'vitest'
import { done } from '../../test/call.ts'
import { promotionDesk } from '../../test/promotion-desk.ts'
import { resign } from '../../test/resign.ts'
import { freshWorkspaces } from '../../test/shared-workspaces.ts'
import { stoppedClock } from '../../test/stopped-clock.ts'
import { trainModel } from '../../test/trained-model.ts'
import { model, project, stageAndExport } from '../../test/two-workspaces.ts'

const DEV = 'enterprise-dev-staging'
const SYNC = { project }

let desk: Awaited<ReturnType<typeof promotionDesk>>
/** The key that dev was born with: from some moment on it is in the hands of a thief. */
let old: Signer
let trusted: { keyHint: string }

const clock = stoppedClock('2026-03-04T05:06:07Z')
const both = freshWorkspaces({ now: clock.now })
beforeEach(async () => {
  desk = await promotionDesk(both)
  old = fileSigner(await readFile(join(both.dev.dir, 'signing-key.pem'), 'utf8'))
  const body = { workspace: DEV, publicKey: old.publicKey, purposes: ['witness' as const] }
  trusted = done(await both.production.root('addTrustedKey', { body }))
})

const later = (ms = 3_600_000) => {
  clock.ms += ms
}
const exportNew = async (seed: number) => stageAndExport(both.dev.root, await trainModel({ seed }), { seed })
/** Dev signs and publishes its head and the proofs; production countersigns. */
const publish = async () => {
  await both.dev.root('createCheckpoint', {})
  await both.dev.workspace.advance()
  await both.production.workspace.advance()
}
const retire = (at: string | null = null) =>
  both.production.root('retireTrustedKey', { keyHint: trusted.keyHint, body: { reason: 'rotated', at } })
/** Dev gets a new key, and production believes it as it believed the one before, which it retires. */
const rotateAndRetire = async () => {
  later()
  const { inForce } = await both.dev.root('rotateSigningKey', { body: {} })
  const body = { workspace: DEV, publicKey: inForce.publicKey, purposes: ['bundles' as const, 'witness' as const] }
  await both.production.root('addTrustedKey', { body })
  await retire()
  later()
}
const proofFile = ({ digest }: { digest: string }) => join(both.exchange, exportProofKey(DEV, digest))
const readProof = async (bundle: { digest: string }) =>
  JSON.parse(await readFile(proofFile(bundle), 'utf8')) as ExportProof

/** Asks for the bundle: it must be refused, with this reason, and leave its trace. */
async function expectRefused(uri: string, why: RegExp, code = 'bundle_key_retired') {
  const { id, state, refusal } = await desk.importBundle(uri)
  expect([state, refusal?.code, refusal?.message]).toEqual(['refused', code, expect.stringMatching(why)])
  expect(refusal?.remedy).toMatch(/\w/)
  const { items } = await both.production.root('listAuditEvents', { type: 'promotion.refused' })
  expect(items[0]).toMatchObject({ outcome: 'refused', subject: { id }, after: { code } })
}

test('a bundle that a countersigned head shows to be older is taken after its key was retired', async () => {
  const { bundle } = await exportNew(1)
  await publish()
  await rotateAndRetire()
  expect(await desk.importBundle(bundle.uri)).toMatchObject({ state: 'completed' })
})

test('without a proof it is refused, and signed anew by the key of now it is taken', async () => {
  const { bundle, number } = await exportNew(1)
  await publish()
  await rm(proofFile(bundle))
  await rotateAndRetire()
  await expectRefused(bundle.uri, /the exchange has no checkpoints\/.*\/exports\//)
  const again = await both.dev.root('exportModelVersion', { project, model, body: { number } })
  expect(again.bundle.digest).toBe(bundle.digest)
  expect(await desk.importBundle(again.bundle.uri)).toMatchObject({ state: 'completed' })
  // Exporting again gives the first proof again, and with it the first signature counts.
  await publish()
  expect((await readProof(bundle)).size).toBeLessThan((await both.dev.root('listCheckpoints', {})).items[0]!.size)
})

test('what a thief signs with the retired key is refused, whatever the log says of it later', async () => {
  await publish()
  await rotateAndRetire()
  const { bundle } = await exportNew(2)
  const stolen = await resign(bundle.uri, old)
  await expectRefused(stolen, /the exchange has no/)
  await publish()
  await expectRefused(stolen, /was countersigned at 2026-03-04T07:06:07.000Z, not before/)
  expect(await desk.importBundle(bundle.uri)).toMatchObject({ state: 'completed' })
})

test('a key that was lost earlier than it was retired ends when it was lost', async () => {
  const { bundle } = await exportNew(1)
  await publish()
  later()
  await retire('2026-03-04T05:06:07.000Z')
  await expectRefused(bundle.uri, /was countersigned at 2026-03-04T05:06:07.000Z, not before/)
})

test.each<[string, (proof: ExportProof, other: ExportProof) => object, RegExp]>([
  ['of another bundle', (_, other) => other, /something else than the export of this bundle/],
  [
    'with a forged path',
    ({ path, ...rest }) => ({ ...rest, path: path.map(() => 'a'.repeat(64)) }),
    /is not the \d+\./,
  ],
  [
    'with another digest written into its event',
    (proof, other) => ({ ...other, entry: other.entry.replace(digestIn(other), digestIn(proof)) }),
    /is not the \d+\./,
  ],
  ['moved to another place', ({ sequence, ...rest }) => ({ ...rest, sequence: sequence - 1 }), /is not the \d+\./],
  ['under a head that nobody saw', (proof) => ({ ...proof, size: 999 }), /has not countersigned a head of 999 events/],
  ['that is none', () => ({ proof: true }), /does not hold/],
])('a proof %s shows nothing', async (_, forge, why) => {
  const { bundle } = await exportNew(1)
  const other = await exportNew(2)
  await publish()
  const forged = forge(await readProof(bundle), await readProof(other.bundle))
  await rotateAndRetire()
  await writeFile(proofFile(bundle), JSON.stringify(forged))
  await expectRefused(bundle.uri, why)
})

const digestIn = ({ entry }: ExportProof) => (JSON.parse(entry) as { after: { digest: string } }).after.digest

test('a key that was removed brings in nothing, older or not', async () => {
  const { bundle } = await exportNew(1)
  await publish()
  await rotateAndRetire()
  await both.production.root('removeTrustedKey', { keyHint: trusted.keyHint, body: { reason: 'stolen' } })
  await expectRefused(bundle.uri, /which is not trusted/, 'bundle_untrusted')
})

test.each([
  ['shown to be older is imported', true],
  ['not shown to be older is refused', false],
])('retired while people decide, a bundle %s', async (_, isShown) => {
  const { bundle } = await exportNew(1)
  if (isShown) await publish()
  const { id } = await desk.request(bundle.uri)
  await both.production.workspace.advance(id)
  await desk.approve(desk.bob, await desk.show(id))
  await rotateAndRetire()
  await both.production.workspace.advance(id)
  const ended = await desk.show(id)
  expect([ended.state, ended.refusal?.code]).toEqual(
    isShown ? ['completed', undefined] : ['refused', 'bundle_key_retired'],
  )
})

test('a third workspace that is trusted cannot sign for the one the bundle is from', async () => {
  const third = fileSigner(createSigningKey())
  const body = { workspace: 'third-workspace', publicKey: third.publicKey }
  await both.production.root('addTrustedKey', { body })
  const { bundle } = await exportNew(1)
  const uri = await resign(bundle.uri, third)
  await expectRefused(uri, /is trusted for third-workspace/, 'bundle_untrusted')
})

test('a retirement is an event, moves only to an earlier time, and is not undone by adding a purpose', async () => {
  later()
  await retire()
  later()
  expect(await retire()).toMatchObject({ retiredAt: '2026-03-04T06:06:07.000Z' })
  expect(await retire('2026-03-04T05:30:00.000Z')).toMatchObject({ retiredAt: '2026-03-04T05:30:00.000Z' })
  await expect(retire('2027-01-01T00:00:00.000Z')).rejects.toMatchObject({ code: 'request_invalid' })
  const { items } = await both.production.root('listAuditEvents', { type: 'trust.retired' })
  expect(items).toMatchObject([
    { before: { retiredAt: '2026-03-04T06:06:07.000Z' }, after: { retiredAt: '2026-03-04T05:30:00.000Z' } },
    { before: { retiredAt: null }, reason: 'rotated' },
  ])
  const body = { workspace: DEV, publicKey: old.publicKey, purposes: ['receipts' as const] }
  await expect(both.production.root('addTrustedKey', { body })).rejects.toMatchObject({ code: 'trusted_key_exists' })
})

test('a receipt that a retired key signed counts only where it was received before', async () => {
  const { publicKey, keyHint } = await both.production.root('showWorkspace', {})
  const body = { workspace: 'enterprise-production', publicKey, purposes: ['receipts' as const] }
  await both.dev.root('addTrustedKey', { body })
  await desk.importBundle((await exportNew(1)).bundle.uri)
  await both.production.workspace.advance()
  expect((await both.dev.root('syncReceipts', SYNC)).received).toHaveLength(1)
  await desk.importBundle((await exportNew(2)).bundle.uri)
  await both.production.workspace.advance()
  await both.dev.root('retireTrustedKey', { keyHint, body: { reason: 'stolen' } })
  const { received, refused } = await both.dev.root('syncReceipts', SYNC)
  expect([received, refused]).toEqual([
    [],
    [{ receipt: expect.any(String), reason: expect.stringMatching(/retired at/) }],
  ])
  const { items } = await both.dev.root('listAuditEvents', { type: 'promotion.receipt-refused' })
  expect(items).toMatchObject([{ outcome: 'refused', reason: expect.stringContaining(keyHint) }])
  const first = await both.dev.root('showModelVersion', { project, model, number: 1 })
  expect(first.destinations).toMatchObject([{ workspace: 'enterprise-production' }])
})
