import { randomBytes } from 'node:crypto'
import { cp, mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { rejectPromotion } from '../../test/decision-signing.ts'
import { editDatabase } from '../../test/edit-database.ts'
import { promotionDesk } from '../../test/promotion-desk.ts'
import { freshWorkspaces } from '../../test/shared-workspaces.ts'
import { trainModel } from '../../test/trained-model.ts'
import { sha256, stageAndExport, upload } from '../../test/two-workspaces.ts'

const both = freshWorkspaces()
const trained = trainModel({ seed: 1, trees: 3 })

const repair = (dryRun = false) => both.dev.root('repairWorkspace', { body: { dryRun } })
const check = () => both.dev.root('checkWorkspace', {})
const events = async (type: string) => (await both.dev.root('listAuditEvents', { type })).items
const age = async (file: string, hours = 2) => {
  const then = Date.now() / 1000 - hours * 3_600
  await utimes(file, then, then)
}
const blobFile = (digest: string, { dir } = both.dev) => join(dir, 'artifacts', 'blobs', digest.slice(0, 2), digest)
const edit = (sql: string, at = both.dev) => editDatabase(at, sql)
/** Bytes as a kill between storing and recording leaves them. */
async function orphan(bytes = Buffer.from('orphan')) {
  const digest = await upload(both.dev.root, bytes)
  edit(`delete from blobs where digest = '${digest}'`)
  await age(blobFile(digest))
  return digest
}
const exists = (file: string) =>
  stat(file).then(
    () => true,
    () => false,
  )

test('bytes that nothing refers to are named with their size, removed once, and both is on record', async () => {
  const digest = await orphan()
  const kept = await upload(both.dev.root, Buffer.from('kept'))
  await age(blobFile(kept))
  const finding = { kind: 'blob_orphaned', subject: `blobs/${digest.slice(0, 2)}/${digest}`, sizeBytes: 6 }
  expect(await check()).toMatchObject({ consistent: true, findings: [finding] })
  expect(await repair(true)).toMatchObject({ dryRun: true, removed: [finding], spared: [], sizeBytes: 6 })
  expect(await exists(blobFile(digest))).toBe(true)
  expect(await events('workspace.repaired')).toEqual([])

  expect(await repair()).toMatchObject({ removed: [finding], sizeBytes: 6 })
  expect([await exists(blobFile(digest)), await exists(blobFile(kept))]).toEqual([false, true])
  expect(await repair()).toMatchObject({ removed: [], spared: [] })
  for (const type of ['workspace.repair-begun', 'workspace.repaired'])
    expect(await events(type)).toMatchObject([{ actor: { name: 'root' }, after: { count: 1, sizeBytes: 6 } }])
  await expect((await both.dev.as('mia', 'ml-engineer'))('repairWorkspace', { body: {} })).rejects.toMatchObject({
    code: 'forbidden',
  })
})

test('what is young is spared, and an upload of bytes that lie there as an orphan makes them young', async () => {
  const bytes = Buffer.from('again')
  const digest = await orphan(bytes)
  await upload(both.dev.root, bytes)
  edit(`delete from blobs where digest = '${digest}'`)
  expect(await repair()).toMatchObject({
    removed: [],
    spared: [{ kind: 'blob_orphaned', detail: expect.stringContaining('young') }],
  })
  expect(await exists(blobFile(digest))).toBe(true)
})

test('uploads that run beside repairs lose nothing', async () => {
  const files = Array.from({ length: 30 }, () => randomBytes(20_000))
  for (const bytes of files) await orphan(bytes)
  const [uploaded, ...repairs] = await Promise.all([
    Promise.all(files.map((bytes) => upload(both.dev.root, bytes).catch((error: { code: string }) => error.code))),
    ...Array.from({ length: 5 }, () => repair()),
  ])
  expect(repairs.flatMap(({ removed }) => removed).length).toBeLessThanOrEqual(files.length)
  for (const [n, answer] of uploaded.entries()) {
    const digest = sha256(files[n]!)
    // Who is told that it is busy sends again, as the client does by itself.
    if (answer === 'database_busy') await upload(both.dev.root, files[n]!)
    else expect(answer).toBe(digest)
    expect(sha256(await readFile(blobFile(digest)))).toBe(digest)
  }
  expect(await check()).toMatchObject({ consistent: true, findings: [] })
})

test('writes that were cut off are removed once they are old, and never while they are written', async () => {
  const folder = join(both.dev.dir, 'artifacts', '.tmp')
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'write-old'), '123')
  await age(join(folder, 'write-old'))
  await writeFile(join(folder, 'write-young'), '1')
  expect(await repair()).toMatchObject({ removed: [{ subject: 'write-old' }], spared: [{ subject: 'write-young' }] })
  expect(await readdir(folder)).toEqual(['write-young'])
})

test('an export that was cut off is removed, one under way and what others wrote is not', async () => {
  const { bundle } = await stageAndExport(both.dev.root, await trained)
  const folder = join(both.exchange, 'bundles', bundle.digest)
  await cp(join(folder, 'attempt-1'), join(folder, 'attempt-2'), { recursive: true })
  await rm(join(folder, 'attempt-2', 'model.sig'))
  const foreign = join(both.exchange, 'bundles', 'f'.repeat(64), 'attempt-1')
  await mkdir(foreign, { recursive: true })
  await writeFile(join(foreign, 'manifest.json'), '{}')

  edit(`update export_attempts set ended_at = null`)
  expect(await repair()).toMatchObject({ removed: [], spared: [{ kind: 'export_abandoned' }] })
  edit(`update export_attempts set executor = replace(executor, '${process.pid}', '999999999')`)
  expect(await repair()).toMatchObject({
    removed: [{ kind: 'export_abandoned', subject: `bundles/${bundle.digest}/attempt-2` }],
  })
  const left = await readdir(join(both.exchange, 'bundles'), { recursive: true, withFileTypes: true })
  const files = left.filter((entry) => entry.isFile()).map((entry) => entry.parentPath)
  expect(files.some((path) => path.includes('attempt-2'))).toBe(false)
  expect(files).toContain(foreign)
  expect(await exists(join(folder, 'attempt-1', 'model.sig'))).toBe(true)
  await expect(promotionDesk(both).then((desk) => desk.importBundle(bundle.uri))).resolves.toMatchObject({
    state: 'completed',
  })
})

test("staged copies of ended promotions and stale leases go, open promotions' stay, and rejecting leaves none", async () => {
  const desk = await promotionDesk(both)
  const { bundle } = await stageAndExport(both.dev.root, await trained)
  const { production } = both
  const staging = join(production.dir, 'staging')
  const { id } = await desk.request(bundle.uri)
  await production.workspace.advance(id)
  expect(await readdir(staging)).toEqual([`promotion-${id}`])
  for (const left of ['plan-old', 'target-old']) {
    await mkdir(join(staging, left))
    await age(join(staging, left))
  }
  await mkdir(join(staging, 'plan-young'))
  edit(`update promotions set lease_token = 'host/1/x', lease_expires_at = '2020-01-01T00:00:00.000Z'`, production)
  const repaired = await production.root('repairWorkspace', { body: {} })
  expect(repaired.removed.map(({ kind, subject }) => [kind, subject])).toEqual([
    ['staging_abandoned', 'plan-old'],
    ['staging_abandoned', 'target-old'],
    ['lease_stale', id],
  ])
  expect(repaired.spared).toMatchObject([{ subject: 'plan-young' }])
  await cp(join(staging, `promotion-${id}`), join(production.dir, 'kept'), { recursive: true })
  await rejectPromotion(desk.bob, await desk.show(id), 'No.')
  expect(await readdir(staging)).toEqual(['plan-young'])
  // As a kill right after the rejection leaves it.
  await cp(join(production.dir, 'kept'), join(staging, `promotion-${id}`), { recursive: true })
  expect(await production.root('repairWorkspace', { body: {} })).toMatchObject({
    removed: [{ kind: 'staging_abandoned', subject: `promotion-${id}` }],
  })
  expect(await readdir(staging)).toEqual(['plan-young'])
})

test('while a promotion is being imported, no bytes are removed; afterwards they are referred to', async () => {
  const desk = await promotionDesk(both)
  const { bundle } = await stageAndExport(both.dev.root, await trained)
  const { production } = both
  const { id } = await desk.request(bundle.uri)
  await production.workspace.advance(id)
  await desk.approve(desk.bob, await desk.show(id))
  // What an import that was killed half way had taken over already.
  const digest = sha256((await trained).onnx)
  await mkdir(join(blobFile(digest, production), '..'), { recursive: true })
  await writeFile(blobFile(digest, production), (await trained).onnx)
  await age(blobFile(digest, production))
  expect(await production.root('repairWorkspace', { body: {} })).toMatchObject({
    removed: [],
    spared: [{ kind: 'blob_orphaned', detail: expect.stringContaining('promotion is under way') }],
  })
  const [imported] = await Promise.all([
    production.workspace.advance(id).then(() => desk.show(id)),
    ...Array.from({ length: 5 }, () => production.root('repairWorkspace', { body: {} })),
  ])
  expect(imported).toMatchObject({ state: 'completed' })
  expect(await production.root('checkWorkspace', {})).toMatchObject({ consistent: true, findings: [] })
})
