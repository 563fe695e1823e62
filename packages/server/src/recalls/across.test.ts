import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { canonicalJson, createSigningKey, fileSigner, recallPayloadType, signEnvelope } from '@airlock-ml/bundle'
import type { RecallNotice, RecallTarget } from '@airlock-ml/contract'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Call, callAs } from '../../test/call.ts'
import { deploy } from '../../test/deployments.ts'
import { partRow, registerRows } from '../../test/prediction-parts.ts'
import { promotionDesk } from '../../test/promotion-desk.ts'
import { type TrainedModel, trainModel } from '../../test/trained-model.ts'
import { model, project, sha256, stageAndExport, type TwoWorkspaces, twoWorkspaces } from '../../test/two-workspaces.ts'

const dev = 'enterprise-dev-staging'
let trained: TrainedModel
let both: TwoWorkspaces
let there: Call
let here: Call
beforeAll(async () => {
  trained = await trainModel({ seed: 1, trees: 3 })
})
beforeEach(async () => {
  both = await twoWorkspaces({ approvals: 0 })
  there = both.dev.root
  here = both.production.root
})
afterEach(() => both.close())

const recall = (by: Call, target: RecallTarget) =>
  by('recall', { project, body: { target, reason: 'Labels were swapped.' } })
const lift = (by: Call, recallId: string) => by('liftRecall', { project, recallId, body: { reason: 'They were not.' } })
const sync = (by: Call) => by('syncRecalls', { project })
const events = async (by: Call, type: string) => (await by('listAuditEvents', { type })).items
const marks = async (by: Call) =>
  (await by('showModelVersion', { project, model, number: 1 })).marks.map(({ mark }) => mark)
const notices = () => join(both.exchange, 'recalls', dev)
const notice = (sequence: number) => join(notices(), `${String(sequence).padStart(12, '0')}.json`)
const exportAndImport = async () => {
  const { bundle } = await stageAndExport(there, trained)
  const { id } = await here('requestPromotion', { project, body: { model, bundle: { uri: bundle.uri } } })
  await both.production.workspace.advance(id)
}
const trustReceipts = async () => {
  const { publicKey } = await here('showWorkspace', {})
  await there('addTrustedKey', { body: { workspace: 'enterprise-production', publicKey, purposes: ['receipts'] } })
}

test('a recall in development bars what descends from it in production, once, and names the holder', async () => {
  await exportAndImport()
  const { recall: issued } = await recall(there, { artifact: sha256(trained.evaluation) })
  await both.dev.workspace.advance()
  const { received, refused, missing, trusted } = await sync(here)
  expect({ refused, missing, trusted }).toEqual({ refused: [], missing: [], trusted: [dev] })
  const holder = { model, number: 1, stage: 'production', remedy: expect.stringContaining('airlock model rollback') }
  expect(received).toMatchObject([
    {
      act: 'issued',
      recall: { by: 'root', reason: 'Labels were swapped.', origin: { workspace: dev, recallId: issued!.id } },
      counts: { versions: 1 },
      holders: [holder],
    },
  ])
  expect(await marks(here)).toEqual(['recalled'])
  expect((await here('showModel', { project, model })).stages.production).toBe(1)
  expect((await sync(here)).received).toEqual([])
  expect(await events(here, 'recall.received')).toMatchObject([
    { after: { workspace: dev, recallId: issued!.id, by: 'root', holders: [holder] }, reason: 'Labels were swapped.' },
  ])
  expect(await events(here, 'model-version.recalled')).toHaveLength(1)
  expect((await here('listRecalls', { project })).items).toEqual([received[0]!.recall])
})

test('a recall in development says in production which of its deployments answered by what it bars', async () => {
  await exportAndImport()
  const { digest } = await here('showModelVersion', { project, model, number: 1 })
  const rows = [partRow({ digest }), partRow({ digest })]
  await registerRows(await deploy(both.production, { stage: 'production' }), rows)
  await recall(there, { artifact: sha256(trained.evaluation) })
  await both.dev.workspace.advance()
  const [received] = (await sync(here)).received
  expect(received!.counts).toMatchObject({ deployments: 1, predictions: 2 })
  const { reach } = await here('showRecall', { project, recallId: received!.recall.id })
  expect(reach.deployments).toMatchObject([{ name: 'cancer-api', model, number: 1, predictions: 2 }])
})

test('a version recalled where it was trained is recalled in production by where it came from', async () => {
  await exportAndImport()
  await recall(there, { model, number: 1 })
  await both.dev.workspace.advance()
  await both.production.workspace.advance()
  expect(await marks(here)).toEqual(['recalled'])
})

test('a recall in production reaches development, whose receipts it is trusted for', async () => {
  await exportAndImport()
  await recall(here, { model, number: 1 })
  await both.production.workspace.advance()
  expect(await sync(there)).toMatchObject({ received: [], trusted: [] })
  await trustReceipts()
  expect((await sync(there)).received).toMatchObject([{ recall: { number: 1 }, counts: { versions: 1 } }])
  expect(await marks(there)).toEqual(['recalled'])
  await expect(there('exportModelVersion', { project, model, body: { number: 1 } })).rejects.toMatchObject({
    code: 'version_recalled',
  })
  await both.dev.workspace.advance()
  expect(await readdir(join(both.exchange, 'recalls'))).toEqual(['enterprise-production'])
})

test('a recall that comes while a bundle awaits approval is found by the transaction that would import', async () => {
  await both.close()
  both = await twoWorkspaces()
  there = both.dev.root
  const desk = await promotionDesk(both)
  const { bundle } = await stageAndExport(there, trained)
  const { id } = await desk.request(bundle.uri)
  await both.production.workspace.advance(id)
  await recall(there, { commit: 'a'.repeat(40) })
  await both.dev.workspace.advance()
  expect((await sync(both.production.root)).received).toMatchObject([{ counts: { promotions: 1 } }])
  await desk.approve(desk.bob, await desk.show(id))
  await both.production.workspace.advance(id)
  expect(await desk.show(id)).toMatchObject({ state: 'refused', refusal: { code: 'version_recalled' } })
})

test('a lifting travels too, frees what that recall alone barred, and leaves the rest', async () => {
  await exportAndImport()
  const { recall: first } = await recall(there, { artifact: sha256(trained.evaluation) })
  const { recall: second } = await recall(there, { commit: 'a'.repeat(40) })
  await both.dev.workspace.advance()
  await sync(here)
  const ben = await both.dev.as('ben', 'approver')

  await expect(lift(there, first!.id)).rejects.toMatchObject({ code: 'lift_by_recaller' })
  expect((await lift(ben, first!.id)).recall).toMatchObject({ lifted: { by: 'ben', reason: 'They were not.' } })
  expect((await lift(ben, first!.id)).reach.holders).toEqual([])
  expect(await events(there, 'recall.lifted')).toMatchObject([
    { actor: { name: 'ben' }, after: { released: [], stillRecalled: [`${model}/1`] } },
  ])
  await both.dev.workspace.advance()
  expect((await sync(here)).received).toMatchObject([{ act: 'lifted', recall: { lifted: { by: 'ben' } }, holders: [] }])
  expect([await marks(there), await marks(here)]).toEqual([['recalled'], ['recalled']])

  await lift(ben, second!.id)
  await both.dev.workspace.advance()
  await sync(here)
  expect([await marks(there), await marks(here)]).toEqual([[], []])
  expect(await events(here, 'recall.lift-received')).toMatchObject([
    { after: { released: [`${model}/1`], by: 'ben', workspace: dev } },
    { after: { stillRecalled: [`${model}/1`] } },
  ])
  await there('exportModelVersion', { project, model, body: { number: 1 } })
  const { recall: again } = await recall(there, { artifact: sha256(trained.evaluation) })
  expect(again!.id).not.toBe(first!.id)
  await both.dev.workspace.advance()
  expect((await sync(here)).received).toHaveLength(1)
  expect(await marks(here)).toEqual(['recalled'])
})

test("another's recall is lifted by people here for here alone, and one's own service account does not count as another", async () => {
  await exportAndImport()
  await recall(there, { model, number: 1 })
  await both.dev.workspace.advance()
  const [received] = (await sync(here)).received
  await lift(here, received!.recall.id)
  expect(await marks(here)).toEqual([])
  await both.production.workspace.advance()
  expect(await readdir(join(both.exchange, 'recalls'))).toEqual([dev])
  expect(await marks(there)).toEqual(['recalled'])
  await there('createServiceAccount', { body: { name: 'bot', owner: 'root', roles: [{ project, role: 'approver' }] } })
  const key = await there('createApiKey', { body: { identity: 'bot', expiresAt: null } })
  const bot = callAs(both.dev.workspace.fetch, key.secret)
  await expect(lift(bot, received!.recall.origin.recallId)).rejects.toMatchObject({ code: 'lift_by_recaller' })
  const viewer = await both.dev.as('eve', 'ml-engineer')
  await expect(lift(viewer, received!.recall.origin.recallId)).rejects.toMatchObject({ code: 'forbidden' })
})

const signedBy = async (
  payload: unknown,
  signer: Parameters<typeof signEnvelope>[1]['signer'],
  payloadType = recallPayloadType,
) => signEnvelope(canonicalJson(payload), { payloadType, signer })
const keyOfDev = async () => fileSigner(await readFile(join(both.dev.dir, 'signing-key.pem'), 'utf8'))
const said = async (changes: Partial<RecallNotice> | { note: string } = {}): Promise<RecallNotice> => {
  const envelope = JSON.parse(await readFile(notice(1), 'utf8')) as { dsseEnvelope: { payload: string } }
  return { ...JSON.parse(Buffer.from(envelope.dsseEnvelope.payload, 'base64').toString()), ...changes }
}

test.each<[string, () => Promise<Uint8Array>, RegExp]>([
  ['signed by a stranger', async () => signedBy(await said(), fileSigner(createSigningKey())), /not trusted/],
  ['signed as something else', async () => signedBy(await said(), await keyOfDev(), 'application/json'), /payloadType/],
  ['of another place in the order', async () => signedBy(await said({ sequence: 7 }), await keyOfDev()), /notice 7/],
  ['that speaks for another', async () => signedBy(await said({ workspace: 'other' }), await keyOfDev()), /for other/],
  [
    'of a project that is not here',
    async () => signedBy(await said({ project: 'other' }), await keyOfDev()),
    /no project/,
  ],
  ['with more fields', async () => signedBy(await said({ note: 'x' }), await keyOfDev()), /no notice/],
  ['cut off', async () => (await readFile(notice(1))).subarray(0, 200), /not signed as it must be/],
  ['of 1 MB', async () => Buffer.alloc(1024 * 1024, 'x'), /not signed as it must be/],
])('a notice %s bars nothing, is recorded once, and the true one taken later', async (_, forged, reason) => {
  await exportAndImport()
  await recall(there, { model, number: 1 })
  await both.dev.workspace.advance()
  const genuine = await readFile(notice(1))
  await writeFile(notice(1), await forged())
  expect(await sync(here)).toMatchObject({ received: [], refused: [{ reason: expect.stringMatching(reason) }] })
  await sync(here)
  expect(await marks(here)).toEqual([])
  expect(await events(here, 'recall.notice-refused')).toMatchObject([
    { outcome: 'refused', subject: { kind: 'recall-notice', id: expect.stringContaining(`recalls/${dev}/`) } },
  ])
  await writeFile(notice(1), genuine)
  expect((await sync(here)).received).toHaveLength(1)
})

test('an older notice in the place of a newer is refused, and a withheld one is missed and named', async () => {
  await exportAndImport()
  await recall(there, { commit: 'b'.repeat(40) })
  await recall(there, { model, number: 1 })
  const { recall: third } = await recall(there, { commit: 'c'.repeat(40) })
  await both.dev.workspace.advance()
  const second = await readFile(notice(2))
  await writeFile(notice(2), await readFile(notice(1)))
  expect(await sync(here)).toMatchObject({
    received: [{ recall: { commit: 'b'.repeat(40) } }, { recall: { commit: 'c'.repeat(40) } }],
    refused: [{ reason: expect.stringMatching(/notice 1 and lies in the place of 2/) }],
  })
  await rm(notice(2))
  await both.production.workspace.advance()
  expect(await sync(here)).toMatchObject({ received: [], missing: [{ workspace: dev, sequence: 2 }] })
  expect(await events(here, 'recall.notice-missing')).toHaveLength(1)

  const ben = await both.dev.as('ben', 'approver')
  await lift(ben, third!.id)
  await both.dev.workspace.advance()
  await rename(notice(4), notice(5))
  await writeFile(notice(2), second)
  expect((await sync(here)).received).toMatchObject([{ recall: { kind: 'version' } }])
  expect(await marks(here)).toEqual(['recalled'])
})

test('a stranger cannot fill the log through the exchange', async () => {
  await recall(there, { commit: 'b'.repeat(40) })
  await both.dev.workspace.advance()
  for (let n = 2; n < 40; n++) await writeFile(notice(n), `poison ${n}`)
  await sync(here)
  expect(await events(here, 'recall.notice-refused')).toHaveLength(20)
})

test('a lifting whose recall has not come waits for it', async () => {
  const { recall: issued } = await recall(there, { commit: 'b'.repeat(40) })
  await lift(await both.dev.as('ben', 'approver'), issued!.id)
  await both.dev.workspace.advance()
  const first = await readFile(notice(1))
  await rm(notice(1))
  expect(await sync(here)).toMatchObject({ received: [], refused: [], missing: [{ sequence: 1 }] })
  await writeFile(notice(1), first)
  expect((await sync(here)).received.map(({ act }) => act)).toEqual(['issued', 'lifted'])
})
