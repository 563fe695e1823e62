import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { int64Column, stringColumn, Table, writeParquet } from '@airlock-ml/tabular'
import { beforeAll, expect, test } from 'vitest'
import { type Deployed, deploy } from '../../test/deployments.ts'
import { newId, type PartRow, partRow, registerRows, writePart } from '../../test/prediction-parts.ts'
import { promotionDesk } from '../../test/promotion-desk.ts'
import { sharedWorkspaces } from '../../test/shared-workspaces.ts'
import { type TrainedModel, trainModel } from '../../test/trained-model.ts'
import { model, project, sha256, stageAndExport, upload } from '../../test/two-workspaces.ts'

const both = sharedWorkspaces()
let trained: TrainedModel
let deployed: Deployed
let digest: string
beforeAll(async () => {
  trained = await trainModel({ seed: 1 })
  const { bundle } = await stageAndExport(both.dev.root, trained)
  await (await promotionDesk(both)).importBundle(bundle.uri)
  deployed = await deploy(both.production, { stage: 'production' })
  digest = (await both.production.root('showModelVersion', { project, model, number: 1 })).digest
})

const rowsOf = (count: number, over: Partial<PartRow> = {}) =>
  Array.from({ length: count }, () => partRow({ digest, ...over }))
const show = (predictionId: string) => both.production.root('showPrediction', { project, predictionId })
const trace = (predictionId: string) => both.production.root('tracePrediction', { project, predictionId })

test('a prediction is shown as it was recorded, out of the right row group of the right part', async () => {
  const rows = rowsOf(2_900)
  const parts = [await registerRows(deployed, rows.slice(0, 2_800)), await registerRows(deployed, rows.slice(2_800))]
  expect(parts[0]).toMatchObject({ rows: 2_800, firstId: rows[0]!.id, lastId: rows[2_799]!.id, subjects: 0 })
  expect(await show(rows[2_634]!.id)).toEqual({
    ...{ id: rows[2_634]!.id, state: 'recorded', runId: null, role: 'champion', latencyUs: 700, key: 'k2634' },
    deployment: { id: deployed.deployment.id, name: 'cancer-api', deletedAt: null },
    ...{ at: new Date(rows[2_634]!.at).toISOString(), version: { model, number: 1, digest } },
    ...{ file: { id: parts[0]!.id, digest: parts[0]!.digest }, subject: null, inputsHmac: null, truth: null },
    ...{ inputs: { radius: 2_634 }, label: 'malignant', probabilities: { benign: 0.25, malignant: 0.75 } },
  })
  expect((await show(rows[2_850]!.id)).file.id).toBe(parts[1]!.id)
  const { items } = await both.production.root('listPredictionParts', deployed.path)
  expect(items.map(({ id }) => id)).toEqual([parts[1]!.id, parts[0]!.id])
  await expect(show(newId())).rejects.toMatchObject({ code: 'prediction_not_found' })
})

test('a part that was changed where it lies is not read, and what was not changed of it is', async () => {
  const rows = rowsOf(5_000)
  const part = await registerRows(deployed, rows)
  const path = join(both.production.dir, 'artifacts', 'blobs', part.digest.slice(0, 2), part.digest)
  const bytes = await readFile(path)
  bytes[200] = (bytes[200]! + 1) % 256
  await chmod(path, 0o600)
  await writeFile(path, bytes)
  await expect(show(rows[0]!.id)).rejects.toMatchObject({ code: 'blob_damaged' })
  expect(await show(rows[4_000]!.id)).toMatchObject({ inputs: { radius: 4_000 } })
})

test('parts of several processes lie over each other, and each prediction is found in its own', async () => {
  const rows = rowsOf(40)
  const of = (rest: number) => rows.filter((_, at) => at % 20 === rest)
  const parts = await Promise.all(Array.from({ length: 20 }, (_, rest) => registerRows(deployed, of(rest))))
  for (const at of [0, 7, 19, 39]) expect((await show(rows[at]!.id)).file.id).toBe(parts[at % 20]!.id)
})

test('a prediction leads to approval, policy, bundle, training, data and commit, with the other workspace gone', async () => {
  const [row] = rowsOf(1)
  await registerRows(deployed, [row!])
  const { prediction, trace: way } = await trace(row!.id)
  expect(prediction).toMatchObject({ id: row!.id, deployment: { name: 'cancer-api' }, version: { number: 1, digest } })
  expect(prediction).not.toHaveProperty('inputs')
  expect(way).toMatchObject({
    version: { model, number: 1, digest, source: { workspace: 'enterprise-dev-staging' } },
    policy: { name: 'production', version: 1 },
    promotion: { approvals: [{ decision: 'approved' }] },
    bundle: { digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
    training: { workspace: 'enterprise-dev-staging', commit: 'a'.repeat(40), steps: [{ name: 'train' }] },
  })
  expect(way.data.map(({ output }) => output)).toContain('evaluation')
})

test('a part is registered once, whatever is sent again', async () => {
  const rows = rowsOf(3)
  const id = newId()
  const part = await registerRows(deployed, rows, { id })
  expect(await registerRows(deployed, rows, { id })).toEqual(part)
  await expect(registerRows(deployed, rowsOf(3), { id })).rejects.toMatchObject({ code: 'prediction_part_differs' })
})

test('what a service says of a part is not believed', async () => {
  const register = async (rows: readonly PartRow[], over: object = {}) => {
    const { bytes, subjects } = await writePart(rows)
    const body = { id: newId(), digest: await upload(deployed.service, bytes), subjects, ...over }
    return deployed.service('registerPredictionPart', { ...deployed.path, body })
  }
  const refused = { code: 'prediction_part_invalid' }
  await expect(register(rowsOf(1, { number: 2 }))).rejects.toMatchObject(refused)
  await expect(register(rowsOf(1, { digest: 'e'.repeat(64) }))).rejects.toMatchObject(refused)
  await expect(register(rowsOf(2).reverse())).rejects.toMatchObject(refused)
  await expect(register(rowsOf(1, { id: 'ffffffff-ffff-7000-8000-000000000000' }))).rejects.toMatchObject(refused)
  await expect(register(rowsOf(1, { subject: 'ann' }), { subjects: [] })).rejects.toMatchObject(refused)
  const foreign = { subject: 'a'.repeat(64), key: 'A'.repeat(43).concat('='), firstAt: '2026-01-01T00:00:00.000Z' }
  await expect(register(rowsOf(1), { subjects: [foreign] })).rejects.toMatchObject(refused)
  const bare = await writeParquet(
    new Table([
      ...['id', 'version_digest', 'subject'].map((name) => stringColumn(name, [name === 'id' ? newId() : digest])),
      ...['at', 'version_number'].map((name) => int64Column(name, [1])),
    ]),
  )
  const columnless = { id: newId(), digest: await upload(deployed.service, bare) }
  await expect(
    deployed.service('registerPredictionPart', { ...deployed.path, body: columnless }),
  ).rejects.toMatchObject({ ...refused, message: expect.stringContaining('no column') })
  const text = Buffer.from('no table')
  const body = { id: newId(), digest: await upload(deployed.service, text) }
  await expect(deployed.service('registerPredictionPart', { ...deployed.path, body })).rejects.toMatchObject(refused)
  await expect(
    both.production.root('registerPredictionPart', { ...deployed.path, body: { ...body, digest: sha256(text) } }),
  ).rejects.toMatchObject({ code: 'forbidden' })
})

test('a subject is erased by destroying its keys; the parts keep their digests, and late ones bring no key', async () => {
  const [ann, ben, late] = ['ann', 'ben', 'ann'].map((subject) => rowsOf(1, { subject })[0]!) as [
    PartRow,
    PartRow,
    PartRow,
  ]
  const part = await registerRows(deployed, [ann, ben])
  expect(part.subjects).toBe(2)
  expect(await show(ann.id)).toMatchObject({ state: 'recorded', inputs: { radius: 0 }, label: 'benign' })
  await both.production.root('importLabels', {
    ...deployed.path,
    body: { labels: [ann, ben].map(({ id }) => ({ predictionId: id, label: 'benign' })) },
  })
  const erase = () =>
    both.production.root('eraseSubject', { project, body: { subject: 'ann', reason: 'She asked for it.' } })
  expect(await erase()).toMatchObject({ deployments: ['cancer-api'], parts: 1, labels: 1 })
  expect(await show(ann.id)).toMatchObject({
    state: 'erased',
    inputs: null,
    label: null,
    truth: null,
    version: { number: 1 },
  })
  expect(await show(ben.id)).toMatchObject({ state: 'recorded', truth: { label: 'benign' } })
  const sameAgain = await both.production.root('importLabels', {
    ...deployed.path,
    body: { labels: [ann, ben].map(({ id }) => ({ predictionId: id, label: 'benign' })) },
  })
  expect(sameAgain).toMatchObject({ imported: 0, unchanged: 1, unknown: [], erased: [ann.id] })
  expect((await show(ann.id)).truth).toBeNull()
  expect((await trace(ann.id)).prediction.state).toBe('erased')
  const held = await both.production.root('getBlob', { project, sha256: part.digest })
  expect(sha256(Buffer.from(await new Response(held).arrayBuffer()))).toBe(part.digest)

  expect((await registerRows(deployed, [late])).subjects).toBe(0)
  expect(await show(late.id)).toMatchObject({ state: 'erased', inputs: null })
  const [anew] = rowsOf(1, { subject: 'ann', at: Date.now() + 5 })
  expect((await registerRows(deployed, [anew!])).subjects).toBe(1)
  const { items } = await both.production.root('listAuditEvents', { type: 'prediction.subject-erased' })
  expect(items[0]).toMatchObject({ reason: 'She asked for it.', after: { erased: [{ parts: 1 }], labels: 1 } })
  expect(JSON.stringify(items)).not.toContain('"ann"')
})

test('labels are kept once; unknown ids are told, and another label stays out unless it is asked for', async () => {
  const [first, second] = rowsOf(2) as [PartRow, PartRow]
  await registerRows(deployed, [first, second])
  const unknown = newId()
  const say = (labels: Record<string, string>, replace = false) =>
    both.production.root('importLabels', {
      ...deployed.path,
      body: { labels: Object.entries(labels).map(([predictionId, label]) => ({ predictionId, label })), replace },
    })
  expect(await say({ [first.id]: 'benign', [unknown]: 'benign', 'no id': 'benign' })).toEqual({
    ...{
      imported: 1,
      unchanged: 0,
      replaced: 0,
      unknown: [unknown, 'no id'],
      conflicting: [],
      noClass: [],
      erased: [],
    },
  })
  const conflicting = [{ predictionId: first.id, label: 'malignant', kept: 'benign' }]
  expect(await say({ [first.id]: 'malignant', [second.id]: 'benign' })).toMatchObject({ imported: 1, conflicting })
  expect(await say({ [first.id]: 'benign', [second.id]: 'benign' })).toMatchObject({ imported: 0, unchanged: 2 })
  expect((await show(first.id)).truth).toMatchObject({ label: 'benign', importedBy: 'root' })
  expect(await say({ [first.id]: 'malignant' }, true)).toMatchObject({ replaced: 1, conflicting: [] })
  expect((await show(first.id)).truth?.label).toBe('malignant')
})

test('a label that is no class of the model is told and not kept, so that no error of the model is made of it', async () => {
  const [row] = rowsOf(1, { subject: 'ann' }) as [PartRow]
  await registerRows(deployed, [row])
  const labels = [{ predictionId: row.id, label: 'M' }]
  expect(await both.production.root('importLabels', { ...deployed.path, body: { labels } })).toMatchObject({
    ...{ imported: 0, unknown: [], noClass: [{ predictionId: row.id, label: 'M', classes: ['benign', 'malignant'] }] },
  })
  expect((await show(row.id)).truth).toBeNull()
})
