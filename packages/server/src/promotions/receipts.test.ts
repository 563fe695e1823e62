import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { canonicalJson, createSigningKey, fileSigner, receiptPayloadType, signEnvelope } from '@airlock-ml/bundle'
import type { Promotion, Receipt } from '@airlock-ml/contract'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import type { Call } from '../../test/call.ts'
import { freshWorkspaces } from '../../test/shared-workspaces.ts'
import { type TrainedModel, trainModel } from '../../test/trained-model.ts'
import { model, project, stageAndExport } from '../../test/two-workspaces.ts'

let trained: TrainedModel
const both = freshWorkspaces({ approvals: 0 })
let there: Call
let here: Call
let promotion: Promotion
let file: string
beforeAll(async () => {
  trained = await trainModel({ seed: 1 })
})
beforeEach(async () => {
  there = both.dev.root
  here = both.production.root
  const { publicKey } = await here('showWorkspace', {})
  await there('addTrustedKey', { body: { workspace: 'enterprise-production', publicKey, purposes: ['receipts'] } })
  const { bundle } = await stageAndExport(there, trained)
  const { id } = await here('requestPromotion', { project, body: { model, bundle: { uri: bundle.uri } } })
  await both.production.workspace.advance()
  promotion = await here('showPromotion', { project, promotionId: id })
  file = join(both.exchange, 'receipts', bundle.digest, `${id}.json`)
})

const sync = () => there('syncReceipts', { project })
const events = async (type: string) => (await there('listAuditEvents', { type })).items
const destinations = async () => (await there('showModelVersion', { project, model, number: 1 })).destinations

const receipt = (changes: Partial<Receipt> = {}): Receipt => ({
  formatVersion: 1,
  bundleDigest: promotion.bundle.digest,
  source: promotion.source!,
  destination: { workspace: 'enterprise-production', project, model, number: 1, stage: 'production' },
  promotionId: promotion.id,
  planDigest: promotion.planDigest,
  completedAt: promotion.endedAt!,
  ...changes,
})

/** A receipt signed with production's own key, whatever it says. */
const signedAsProduction = async (payload: unknown, payloadType = receiptPayloadType) => {
  const key = await readFile(join(both.production.dir, 'signing-key.pem'), 'utf8')
  return signEnvelope(canonicalJson(payload), { payloadType, signer: fileSigner(key) })
}

test('the source learns where its version lives, once, and records it', async () => {
  expect(await destinations()).toEqual([])
  const { received, refused, trusted } = await sync()
  expect(trusted).toEqual(['enterprise-production'])
  expect(refused).toEqual([])
  expect(received).toMatchObject([
    { workspace: 'enterprise-production', model, version: 1, number: 1, stage: 'production', since: promotion.endedAt },
  ])
  expect(await destinations()).toMatchObject([
    { workspace: 'enterprise-production', number: 1, promotionId: promotion.id, bundleDigest: promotion.bundle.digest },
  ])
  expect((await sync()).received).toEqual([])
  expect(await events('promotion.receipt-received')).toMatchObject([
    { subject: { kind: 'model-version', id: `${model}/1` }, after: { workspace: 'enterprise-production' } },
  ])
})

test("the workspace's own worker picks it up", async () => {
  await both.dev.workspace.advance()
  expect(await destinations()).toHaveLength(1)
})

test.each<[string, () => Promise<Uint8Array>, RegExp]>([
  [
    'signed by a stranger',
    () =>
      signEnvelope(canonicalJson(receipt()), {
        payloadType: receiptPayloadType,
        signer: fileSigner(createSigningKey()),
      }),
    /not trusted/,
  ],
  ['signed as something else', () => signedAsProduction(receipt(), 'application/vnd.in-toto+json'), /payloadType/],
  [
    'of another version',
    () => signedAsProduction(receipt({ source: { workspace: 'enterprise-dev-staging', number: 2 } })),
    /another version/,
  ],
  ['of another bundle', () => signedAsProduction(receipt({ bundleDigest: 'f'.repeat(64) })), /another bundle/],
  [
    'of another promotion',
    () => signedAsProduction(receipt({ promotionId: '01990000-0000-7000-8000-000000000000' })),
    /another bundle or promotion/,
  ],
  [
    'that speaks for another workspace',
    () =>
      signedAsProduction(
        receipt({ destination: { workspace: 'elsewhere', project, model, number: 1, stage: 'production' } }),
      ),
    /speaks for elsewhere/,
  ],
  ['with more fields', () => signedAsProduction({ ...receipt(), note: 'x' }), /no receipt/],
  ['that is no JSON', async () => Buffer.from('{'), /not signed as it must be/],
  ['of 1 MB', async () => Buffer.alloc(1024 * 1024, 'x'), /not signed as it must be/],
])('a receipt %s is ignored, recorded once, and the true one taken later', async (_, forged, reason) => {
  const genuine = await readFile(file)
  await writeFile(file, await forged())
  const { received, refused } = await sync()
  expect(received).toEqual([])
  expect(refused).toMatchObject([{ reason: expect.stringMatching(reason) }])
  await sync()
  expect(await destinations()).toEqual([])
  expect(await events('promotion.receipt-refused')).toMatchObject([
    { outcome: 'refused', subject: { kind: 'receipt', id: expect.stringContaining(promotion.id) } },
  ])
  await writeFile(file, genuine)
  expect((await sync()).received).toHaveLength(1)
})

test('a byte changed anywhere in a receipt makes it none', async () => {
  const genuine = await readFile(file)
  for (const at of [10, Math.floor(genuine.byteLength / 2), genuine.byteLength - 20]) {
    const changed = Buffer.from(genuine)
    changed[at] = (changed[at] ?? 0) ^ 1
    await writeFile(file, changed)
    expect((await sync()).received).toEqual([])
  }
  expect(await destinations()).toEqual([])
})

test('a key that is trusted for bundles alone, or no longer, confirms nothing', async () => {
  const { keyHint } = await here('showWorkspace', {})
  await there('removeTrustedKey', { keyHint, body: { reason: 'lost' } })
  expect(await sync()).toEqual({ received: [], refused: [], trusted: [] })
})

test('production does not take its own receipts for news', async () => {
  const { publicKey } = await there('showWorkspace', {})
  await here('addTrustedKey', { body: { workspace: 'enterprise-dev-staging', publicKey, purposes: ['receipts'] } })
  expect(await here('syncReceipts', { project })).toMatchObject({ received: [], refused: [] })
})

test('a file put in its place before it was written is replaced, and delivering again keeps the first', async () => {
  const bundle = await stageAndExport(there, await trainModel({ seed: 2 }))
  const { id } = await here('requestPromotion', { project, body: { model, bundle: { uri: bundle.bundle.uri } } })
  const folder = join(both.exchange, 'receipts', bundle.bundle.digest)
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder)
  await writeFile(join(folder, `${id}.json`), 'poison')
  await both.production.workspace.advance()
  expect((await sync()).received).toHaveLength(2)
  expect(await readdir(folder)).toEqual([`${id}.json`])
  expect(await destinations()).toHaveLength(1)
})
