import { cp, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createSigningKey, publicKeyOf } from '@airlock-ml/bundle'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { callAs } from '../../test/call.ts'
import { rejectPromotion } from '../../test/decision-signing.ts'
import { promotionDesk } from '../../test/promotion-desk.ts'
import { freshWorkspaces } from '../../test/shared-workspaces.ts'
import { type TrainedModel, trainModel } from '../../test/trained-model.ts'
import { model, passing, project, stageAndExport } from '../../test/two-workspaces.ts'

let first: TrainedModel
let second: TrainedModel
const both = freshWorkspaces()
let desk: Awaited<ReturnType<typeof promotionDesk>>

beforeAll(async () => {
  first = await trainModel({ seed: 1 })
  second = await trainModel({ seed: 2 })
})
beforeEach(async () => {
  desk = await promotionDesk(both)
})

test('an approved bundle becomes the production version with all its provenance, in one go', async () => {
  const { bundle, number } = await stageAndExport(both.dev.root, first)
  const requested = await desk.request(bundle.uri)
  expect(requested).toMatchObject({ state: 'requested', requestedBy: 'alice', bundle: { digest: bundle.digest } })
  await both.production.workspace.advance()
  const verified = await desk.show(requested.id)
  expect(verified).toMatchObject({
    state: 'awaiting_approval',
    approvalsRequired: 1,
    plan: { bundleDigest: bundle.digest, policyVersion: 1, currentHolder: null },
    gates: [{ verdict: 'passed', values: { 'metrics.accuracy': first.metrics.accuracy } }],
    source: { workspace: 'enterprise-dev-staging', number },
  })
  expect(await desk.approve(desk.bob, verified)).toMatchObject({
    state: 'approved',
    approvals: [{ by: 'bob', person: 'bob' }],
  })
  await both.production.workspace.advance()
  const done = await desk.show(requested.id)
  expect(done).toMatchObject({ state: 'completed', version: { number: 1 }, refusal: null })
  const { root } = both.production
  const version = await root('showModelVersion', { project, model, number: 1 })
  expect(version).toMatchObject({
    stage: 'production',
    metrics: first.metrics,
    evidence: { metrics: { grade: 'recomputed' }, run: { grade: 'asserted' } },
    source: {
      workspace: 'enterprise-dev-staging',
      number,
      bundleDigest: bundle.digest,
      commit: 'a'.repeat(40),
      promotionId: done.id,
    },
  })
  expect(await root('showRun', { project, runId: done.runId! })).toMatchObject({
    pipeline: 'import_model',
    status: 'completed',
    model: { action: 'imports', number: 1 },
    steps: [{ name: 'register', status: 'completed', outputs: { model: { digest: version.digest } } }],
  })
  expect((await root('listStageChanges', { project, model })).items).toMatchObject([
    { act: 'import', by: 'alice', reason: 'approved by bob', number: 1, sourceNumber: number, previousNumber: null },
  ])
  const types = (await root('listAuditEvents', { limit: 8 })).items.map(({ type }) => type)
  expect(types).toEqual([
    'promotion.completed',
    'run.completed',
    'stage.imported',
    'model-version.registered',
    'run.started',
    'promotion.approved',
    'promotion.verified',
    'promotion.requested',
  ])
  expect(await readdir(join(both.exchange, 'receipts', bundle.digest))).toEqual([`${done.id}.json`])
  expect(await root('checkWorkspace', {})).toMatchObject({ consistent: true, findings: [] })
})

test('the same request again answers with the open promotion, and after the import with the completed one', async () => {
  const { bundle } = await stageAndExport(both.dev.root, first)
  const open = await desk.request(bundle.uri)
  expect((await desk.request(bundle.uri)).id).toBe(open.id)
  const done = await desk.importBundle(bundle.uri)
  expect(await desk.request(bundle.uri)).toEqual(done)
})

test('the same version exported again is the same bundle at the same place', async () => {
  const { bundle, number } = await stageAndExport(both.dev.root, first)
  expect(await both.dev.root('exportModelVersion', { project, model, body: { number } })).toMatchObject({ bundle })
  expect(await readdir(join(both.exchange, 'bundles'))).toEqual([bundle.digest])
})

test('without an approval nothing is imported', async () => {
  const { bundle } = await stageAndExport(both.dev.root, first)
  const { id } = await desk.request(bundle.uri)
  await both.production.workspace.advance()
  await both.production.workspace.advance()
  expect(await desk.show(id)).toMatchObject({ state: 'awaiting_approval', version: null })
  await expect(both.production.root('showModel', { project, model })).rejects.toMatchObject({ code: 'model_not_found' })
})

test('neither the requester nor their service account may approve, and a person counts once', async () => {
  const { root, keyOf } = both.production
  const { bundle } = await stageAndExport(both.dev.root, first)
  const strict = { name: 'production', stage: 'production' as const, gates: passing, approvals: { required: 2 } }
  await root('applyPolicy', { project, body: strict })
  const { id } = await desk.request(bundle.uri)
  await both.production.workspace.advance()
  const verified = await desk.show(id)
  await root('createServiceAccount', {
    body: { name: 'alice-ci', owner: 'alice', roles: [{ project, role: 'approver' }] },
  })
  await root('createServiceAccount', { body: { name: 'bob-ci', owner: 'bob', roles: [{ project, role: 'approver' }] } })
  const aliceCi = callAs(both.production.workspace.fetch, await keyOf('alice-ci'))
  const bobCi = callAs(both.production.workspace.fetch, await keyOf('bob-ci'))
  await expect(desk.approve(desk.alice, verified)).rejects.toMatchObject({ code: 'approval_by_requester' })
  await expect(desk.approve(aliceCi, verified)).rejects.toMatchObject({ code: 'approval_by_requester' })
  await desk.approve(desk.bob, verified)
  await expect(desk.approve(bobCi, verified)).rejects.toMatchObject({ code: 'approval_exists' })
  await expect(desk.approve(root, verified)).rejects.toMatchObject({ code: 'forbidden' })
  expect((await desk.show(id)).state).toBe('awaiting_approval')
})

test('an approval for another plan is refused, and a new policy voids the plan that was approved', async () => {
  const { root, workspace } = both.production
  const { bundle } = await stageAndExport(both.dev.root, first)
  const { id } = await desk.request(bundle.uri)
  await workspace.advance()
  const verified = await desk.show(id)
  await expect(desk.approve(desk.bob, { ...verified, planDigest: 'f'.repeat(64) })).rejects.toMatchObject({
    code: 'plan_changed',
  })
  await desk.approve(desk.bob, verified)
  const changed = [{ ...passing[0]!, expression: 'metrics.accuracy >= 0.91' }]
  await root('applyPolicy', {
    project,
    body: { name: 'production', stage: 'production', gates: changed, approvals: { required: 1 } },
  })
  await workspace.advance()
  const again = await desk.show(id)
  expect(again).toMatchObject({ state: 'awaiting_approval', version: null, plan: { policyVersion: 2 } })
  expect(again.planDigest).not.toBe(verified.planDigest)
  await desk.approve(desk.bob, again)
  await workspace.advance()
  expect(await desk.show(id)).toMatchObject({ state: 'completed' })
})

test('a rejected promotion stays rejected', async () => {
  const { bundle } = await stageAndExport(both.dev.root, first)
  const { id } = await desk.request(bundle.uri)
  await both.production.workspace.advance()
  await rejectPromotion(desk.bob, { id, bundle }, 'Not before the audit.')
  await expect(desk.approve(desk.bob, await desk.show(id))).rejects.toMatchObject({ code: 'promotion_ended' })
  await both.production.workspace.advance()
  expect(await desk.show(id)).toMatchObject({ state: 'rejected', version: null })
})

test('metrics that lie do not pass: the gate sees what production worked out itself', async () => {
  const { bundle } = await stageAndExport(both.dev.root, { ...first, metrics: { ...first.metrics, accuracy: 1 } })
  const gates = [
    { ...passing[0]!, expression: `metrics.accuracy > ${first.metrics.accuracy}`, grade: 'recomputed' as const },
  ]
  await both.production.root('applyPolicy', { project, body: { name: 'production', stage: 'production', gates } })
  const refused = await desk.importBundle(bundle.uri)
  expect(refused).toMatchObject({
    state: 'refused',
    refusal: { code: 'gates_failed' },
    gates: [{ verdict: 'failed', values: { 'metrics.accuracy': first.metrics.accuracy } }],
  })
})

test('a stage without a policy takes no bundle', async () => {
  const { bundle } = await stageAndExport(both.dev.root, first)
  const { id } = await desk.alice('requestPromotion', {
    project,
    body: { model, stage: 'staging', bundle: { uri: bundle.uri } },
  })
  await both.production.workspace.advance()
  expect(await desk.show(id)).toMatchObject({ state: 'refused', refusal: { code: 'policy_missing' } })
})

test('a key that was removed while people decided no longer opens the door', async () => {
  const { root, workspace } = both.production
  const { bundle } = await stageAndExport(both.dev.root, first)
  const { id } = await desk.request(bundle.uri)
  await workspace.advance()
  await desk.approve(desk.bob, await desk.show(id))
  const [key] = (await root('listTrustedKeys', {})).items
  await root('removeTrustedKey', { keyHint: key!.keyHint, body: { reason: 'stolen' } })
  await workspace.advance()
  expect(await desk.show(id)).toMatchObject({ state: 'refused', refusal: { code: 'bundle_untrusted' }, version: null })
})

test('a bundle of a stranger is refused, and the refusal is in the log', async () => {
  const { root } = both.production
  const { bundle } = await stageAndExport(both.dev.root, first)
  const [key] = (await root('listTrustedKeys', {})).items
  await root('removeTrustedKey', { keyHint: key!.keyHint, body: { reason: 'rotated' } })
  await root('addTrustedKey', {
    body: { workspace: 'enterprise-dev-staging', publicKey: publicKeyOf(createSigningKey()) },
  })
  expect(await desk.importBundle(bundle.uri)).toMatchObject({ state: 'refused', refusal: { code: 'bundle_untrusted' } })
  const { items } = await root('listAuditEvents', { type: 'promotion.refused' })
  expect(items).toMatchObject([{ outcome: 'refused', after: { code: 'bundle_untrusted' } }])
})

test('a flipped byte is found whatever file it is in', async () => {
  const { bundle } = await stageAndExport(both.dev.root, first)
  const original = fileURLToPath(bundle.uri)
  const files = (await readdir(original, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
  expect(files.length).toBeGreaterThan(5)
  for (const [i, file] of files.entries()) {
    const copy = join(original, '..', `attempt-${i + 10}`)
    await cp(original, copy, { recursive: true })
    const target = join(copy, file.parentPath.slice(original.length), file.name)
    const bytes = await readFile(target)
    bytes[Math.floor(bytes.length / 2)]! ^= 1
    await writeFile(target, bytes)
    const uri = bundle.uri.replace(/attempt-\d+/, `attempt-${i + 10}`)
    const refused = await desk.importBundle(uri)
    expect([file.name, refused.state, refused.version]).toEqual([file.name, 'refused', null])
  }
  expect(await both.production.root('checkWorkspace', {})).toMatchObject({ consistent: true })
})

test('files swapped in the exchange after they were verified are never read: the private copy is what comes in', async () => {
  const [{ bundle }, other] = [await stageAndExport(both.dev.root, first), await stageAndExport(both.dev.root, second)]
  const requested = await desk.request(bundle.uri)
  await both.production.workspace.advance()
  for (const file of ['artifacts/model.onnx', 'manifest.json', 'model.sig'])
    await cp(join(fileURLToPath(other.bundle.uri), file), join(fileURLToPath(bundle.uri), file))
  await desk.approve(desk.bob, await desk.show(requested.id))
  await both.production.workspace.advance()
  expect(await desk.show(requested.id)).toMatchObject({ state: 'completed', bundle: { digest: bundle.digest } })
  const version = await both.production.root('showModelVersion', { project, model, number: 1 })
  expect(version).toMatchObject({ metrics: first.metrics, source: { bundleDigest: bundle.digest } })
  await expect(both.production.root('checkWorkspace', {})).resolves.toMatchObject({ consistent: true })
})

test('an older bundle is refused as a replay once a newer one came in', async () => {
  const older = await stageAndExport(both.dev.root, first)
  const newer = await stageAndExport(both.dev.root, second, { newer: true })
  expect(await desk.importBundle(newer.bundle.uri)).toMatchObject({ state: 'completed' })
  expect(await desk.importBundle(older.bundle.uri)).toMatchObject({
    state: 'refused',
    refusal: { code: 'bundle_replayed' },
  })
})

test('a version that came in to be tried goes on to production by its own promotion, once', async () => {
  const { root } = both.production
  await root('applyPolicy', { project, body: { name: 'trial', stage: 'staging', gates: passing } })
  const holder = await stageAndExport(both.dev.root, first)
  await desk.importBundle(holder.bundle.uri)
  const { bundle } = await stageAndExport(both.dev.root, second, { newer: true })
  const tried = await desk.request(bundle.uri, 'staging')
  await both.production.workspace.advance()
  await both.production.workspace.advance()
  expect(await desk.show(tried.id)).toMatchObject({ state: 'completed', version: { number: 2 } })

  const promoted = await desk.importBundle(bundle.uri)
  expect(promoted).toMatchObject({ state: 'completed', version: { number: 2 }, approvals: [{ by: 'bob' }] })
  expect((await root('listModelVersions', { project, model })).items).toMatchObject([
    { number: 2, stage: 'production', source: { promotionId: tried.id } },
    { number: 1, stage: 'archived' },
  ])
  expect((await root('listStageChanges', { project, model, limit: 2 })).items).toMatchObject([
    { act: 'import', stage: 'production', number: 2, previousNumber: 1, promotionId: promoted.id },
    { act: 'import', stage: 'staging', number: 2, previousNumber: null, promotionId: tried.id },
  ])
  expect(await root('trace', { project, ref: `${model}/2` })).toMatchObject({
    promotion: { id: promoted.id },
    policy: { stage: 'production' },
    bundle: { digest: bundle.digest },
  })
  expect(await desk.request(bundle.uri)).toMatchObject({ id: promoted.id })
  expect(await desk.importBundle(holder.bundle.uri)).toMatchObject({ refusal: { code: 'bundle_replayed' } })
  expect(await root('checkWorkspace', {})).toMatchObject({ consistent: true })
})

test('one that came in to be tried does not go over a newer one', async () => {
  const { root } = both.production
  await root('applyPolicy', { project, body: { name: 'trial', stage: 'staging', gates: passing } })
  const older = await stageAndExport(both.dev.root, first)
  const newer = await stageAndExport(both.dev.root, second, { newer: true })
  await desk.request(older.bundle.uri, 'staging')
  await both.production.workspace.advance()
  await both.production.workspace.advance()
  await desk.importBundle(newer.bundle.uri)
  expect(await desk.importBundle(older.bundle.uri)).toMatchObject({ refusal: { code: 'bundle_replayed' } })
})

test('a plan tells what would happen and keeps nothing', async () => {
  const { bundle } = await stageAndExport(both.dev.root, first)
  const plan = await desk.alice('planPromotion', { project, body: { model, bundle: { uri: bundle.uri } } })
  expect(plan).toMatchObject({
    difference: null,
    verdict: 'passed',
    metrics: first.metrics,
    approvals: { required: 1, roles: ['approver'], mayApprove: ['bob'] },
  })
  expect((await both.production.root('listPromotions', { project })).items).toEqual([])
  expect(await readdir(join(both.production.dir, 'staging'))).toEqual([])
})

test('a bundle of another model than was asked for says which model it holds', async () => {
  const { bundle } = await stageAndExport(both.dev.root, first)
  const wanted = { model: 'other', bundle: { uri: bundle.uri } }
  const refusal = { code: 'bundle_other_model', message: `It holds the model ${model}, not other.` }
  await expect(desk.alice('planPromotion', { project, body: wanted })).rejects.toMatchObject(refusal)
  const { id } = await desk.alice('requestPromotion', { project, body: wanted })
  await both.production.workspace.advance(id)
  expect(await desk.show(id)).toMatchObject({ state: 'refused', refusal: { code: 'bundle_other_model' } })
})

test('a plan shows the candidate beside who holds the stage, and so does the promotion to its approver', async () => {
  const one = await stageAndExport(both.dev.root, first, { trees: 20 })
  await desk.importBundle(one.bundle.uri)
  const two = await stageAndExport(both.dev.root, second, { trees: 21 })
  const difference = {
    holder: 1,
    parameters: { trees: { holder: 20, candidate: 21 } },
    commit: { holder: 'a'.repeat(40), candidate: 'a'.repeat(40) },
  }
  const plan = await desk.alice('planPromotion', { project, body: { model, bundle: { uri: two.bundle.uri } } })
  expect(plan.difference).toMatchObject(difference)
  expect(plan.difference?.evaluation.holder).toBe(plan.difference?.evaluation.candidate)
  const { id } = await desk.request(two.bundle.uri)
  await both.production.workspace.advance()
  expect((await desk.show(id)).difference).toMatchObject(difference)
})

test('a URI outside of the exchange is no bundle', async () => {
  for (const uri of ['file:///etc/passwd', '../../etc', 'gs://elsewhere/bundles', `file://${both.exchange}/../dev/x`])
    await expect(desk.request(uri)).rejects.toMatchObject({ code: 'exchange_uri_invalid' })
})
