import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import {
  canonicalJson,
  Frontier,
  fileSigner,
  leafHash,
  readCheckpoint,
  signCheckpoint,
  verifyExport,
  verifyInclusion,
} from '@airlock-ml/bundle'
import { beforeEach, expect, test } from 'vitest'
import { editDatabase } from '../../test/edit-database.ts'
import { freshWorkspaces } from '../../test/shared-workspaces.ts'
import { stoppedClock } from '../../test/stopped-clock.ts'
import type { TestWorkspace } from '../../test/two-workspaces.ts'

const DEV = 'enterprise-dev-staging'
const PRODUCTION = 'enterprise-production'

const clock = stoppedClock('2026-03-04T05:06:07Z')
const both = freshWorkspaces({ now: clock.now })
beforeEach(async () => {
  const trust = async (reader: TestWorkspace, of: TestWorkspace) => {
    const { name, publicKey } = await of.root('showWorkspace', {})
    await reader.root('addTrustedKey', { body: { workspace: name, publicKey, purposes: ['witness'] } })
  }
  await trust(both.production, both.dev)
  await trust(both.dev, both.production)
})

const grow = (name: string, workspace = both.dev) => workspace.root('createProject', { body: { name } })
const publicKeyOf = async (workspace: TestWorkspace) => (await workspace.root('showWorkspace', {})).publicKey
/** The worker's pass in the one, in the other, and in the first again. */
const pass = async () => {
  for (const { workspace } of [both.dev, both.production, both.dev]) await workspace.advance()
}
const refusals = async () => (await both.production.root('listAuditEvents', { type: 'witness.refused' })).items
const head = (size: number) => join(both.exchange, 'checkpoints', DEV, `${String(size).padStart(12, '0')}.json`)
const edit = (sql: string) => editDatabase(both.dev, sql)
const ownSigner = async () => fileSigner(await readFile(join(both.dev.dir, 'signing-key.pem'), 'utf8'))
const exported = async () =>
  verifyExport(await both.dev.root('exportAuditLog', {}), {
    publicKeys: [await publicKeyOf(both.dev)],
    witnessKeys: [await publicKeyOf(both.production)],
  })

test('the head is signed once the log has grown and the last signature is older than the delay', async () => {
  await both.dev.workspace.advance()
  const first = (await both.dev.root('listCheckpoints', {})).items
  expect(first).toHaveLength(1)
  await grow('one')
  clock.ms += 59_000
  await both.dev.workspace.advance()
  expect((await both.dev.root('listCheckpoints', {})).items).toHaveLength(1)
  clock.ms += 1_000
  await both.dev.workspace.advance()
  await both.dev.workspace.advance()
  const [second] = (await both.dev.root('listCheckpoints', {})).items
  expect(second).toMatchObject({ size: first[0]!.size + 1, previousSize: first[0]!.size })
  const published = readCheckpoint(await readFile(head(second!.size)), [
    { workspace: DEV, publicKey: await publicKeyOf(both.dev), keyHint: second!.keyHint },
  ])
  expect(published.rootHash).toBe(second!.rootHash)
})

test('asked for, the head is signed at once, and not twice', async () => {
  const heads = await Promise.all(Array.from({ length: 5 }, () => both.dev.root('createCheckpoint', {})))
  expect(new Set(heads.map(({ size }) => size)).size).toBe(1)
  await grow('one')
  expect((await both.dev.root('createCheckpoint', {})).size).toBe(heads[0]!.size + 1)
})

test('every event is proved to be in the log', async () => {
  const { size, rootHash } = await both.dev.root('createCheckpoint', {})
  for (let sequence = 1; sequence <= size; sequence++) {
    const proof = await both.dev.root('proveAuditEvent', { sequence })
    const leaf = leafHash(Buffer.from(proof.entry))
    expect(leaf.toString('hex')).toBe(proof.leafHash)
    expect(JSON.parse(proof.entry)).toEqual(await both.dev.root('showAuditEvent', { sequence }))
    const path = proof.path.map((hash) => Buffer.from(hash, 'hex'))
    expect(verifyInclusion({ index: sequence - 1, size, leaf }, path, Buffer.from(rootHash, 'hex'))).toBe(true)
  }
  await expect(both.dev.root('proveAuditEvent', { sequence: size + 1 })).rejects.toMatchObject({
    code: 'audit_event_not_found',
  })
})

test('each workspace countersigns the heads of the other, and the export shows it', async () => {
  await pass()
  await grow('one')
  clock.ms += 60_000
  await pass()
  const [last] = (await both.dev.root('listCheckpoints', {})).items
  expect(last!.witnesses).toMatchObject([{ workspace: PRODUCTION }])
  const witnessed = (await both.production.root('listWitnessedCheckpoints', { of: DEV })).items
  expect(witnessed.map(({ size }) => size)).toEqual([last!.size, last!.previousSize])
  expect(await readdir(join(both.exchange, 'witness', PRODUCTION, DEV))).toHaveLength(2)
  expect(await refusals()).toEqual([])
  expect(await exported()).toMatchObject({
    ok: true,
    events: last!.size,
    witnesses: [{ name: PRODUCTION, size: last!.size }],
  })
})

test('strings that no UTF-8 can say cannot keep an event out of the log', async () => {
  const { keyHint } = await both.production.root('showWorkspace', {})
  await both.dev.root('removeTrustedKey', { keyHint, body: { reason: 'half \ud800 of a pair' } })
  const [removed] = (await both.dev.root('listAuditEvents', { type: 'trust.removed' })).items
  expect(removed!.reason).toBe('half \ufffd of a pair')
  expect(await exported()).toMatchObject({ ok: true })
})

/** Writes another history into the database, whole and consistent in itself, and signs its head. */
async function rewrite(sequence: number): Promise<void> {
  const rows = new DatabaseSync(join(both.dev.dir, 'workspace.db'))
  const entry = JSON.parse(
    String(rows.prepare('select entry from audit_events where sequence = ?').get(sequence)!.entry),
  )
  const forged = Buffer.from(canonicalJson({ ...entry, reason: 'whitewashed' }))
  rows
    .prepare('update audit_events set entry = ?, leaf_hash = ? where sequence = ?')
    .run(forged.toString(), leafHash(forged).toString('hex'), sequence)
  const frontier = new Frontier()
  for (const row of rows.prepare('select sequence, leaf_hash from audit_events order by sequence').all()) {
    let nodes = ''
    frontier.append(Buffer.from(String(row.leaf_hash), 'hex'), ({ hash }) => {
      nodes += hash.toString('hex')
    })
    rows.prepare('update audit_events set nodes = ? where sequence = ?').run(nodes, row.sequence!)
  }
  rows.prepare('update audit_head set frontier = ?').run(frontier.text)
  rows.exec('delete from checkpoints')
  rows.close()
}

test('a history rewritten by its owner is refused by the witness, once, and caught by what the witness kept', async () => {
  await pass()
  const [seen] = (await both.dev.root('listCheckpoints', {})).items
  await rewrite(3)
  await grow('one')
  clock.ms += 60_000
  await pass()
  await pass()
  const refused = await refusals()
  expect(refused).toMatchObject([
    { outcome: 'refused', subject: { kind: 'checkpoint' }, reason: expect.stringMatching(/countersigned/) },
  ])
  const kept = (await both.production.root('listWitnessedCheckpoints', { of: DEV })).items
  expect(kept.map(({ size }) => size)).toEqual([seen!.size])
  const publicKeys = [await publicKeyOf(both.dev)]
  expect(await verifyExport(await both.dev.root('exportAuditLog', {}), { publicKeys })).toMatchObject({ ok: true })
  const outside = [{ name: 'kept.json', bytes: Buffer.from(kept[0]!.envelope) }]
  const verdict = await verifyExport(await both.dev.root('exportAuditLog', {}), { publicKeys, outside })
  expect(verdict).toMatchObject({ ok: false, problems: [{ kind: 'forked' }] })
})

test('a rewritten head of the very same size is refused', async () => {
  await pass()
  await rewrite(3)
  await pass()
  expect(await refusals()).toMatchObject([{ reason: expect.stringMatching(/rewritten or forked/) }])
})

test('a truncated log is refused', async () => {
  await pass()
  const [{ size } = { size: 0 }] = (await both.dev.root('listCheckpoints', {})).items
  const checkpoint = {
    formatVersion: 1,
    workspace: DEV,
    size: size - 1,
    rootHash: 'a'.repeat(64),
    at: '2026-03-04T05:06:07.000Z',
  } as const
  const signed = await signCheckpoint({ ...checkpoint, previousSize: 0, consistency: [] }, await ownSigner())
  await writeFile(head(size - 1), signed)
  await pass()
  expect(await refusals()).toMatchObject([{ reason: expect.stringMatching(/truncated or forked/) }])
})

test('a fork behind the head that was seen is refused', async () => {
  await both.dev.root('createCheckpoint', {})
  await grow('one')
  clock.ms += 60_000
  await pass()
  const [seen] = (await both.dev.root('listCheckpoints', {})).items
  const fork = {
    formatVersion: 1,
    workspace: DEV,
    size: seen!.size + 5,
    rootHash: 'b'.repeat(64),
    at: '2026-03-04T05:06:07.000Z',
  } as const
  const signed = await signCheckpoint(
    { ...fork, previousSize: seen!.previousSize, consistency: ['c'.repeat(64)] },
    await ownSigner(),
  )
  await writeFile(head(seen!.size + 5), signed)
  await pass()
  expect(await refusals()).toMatchObject([{ outcome: 'refused' }])
})

test('a head that nobody trusted signed is refused, and many of them do not fill the log', async () => {
  await pass()
  for (let size = 100; size < 140; size++) await writeFile(head(size), `{"not": "signed ${size}"}`)
  await pass()
  await pass()
  const refused = await refusals()
  expect(refused).toHaveLength(20)
  expect(refused[0]!.reason).toMatch(/not signed as it must be/)
})

test('an older listing of the exchange is no fault: a head that has not come yet is waited for', async () => {
  await both.dev.root('createCheckpoint', {})
  await pass()
  await grow('one')
  const middle = await both.dev.root('createCheckpoint', {})
  await both.dev.workspace.advance()
  const bytes = await readFile(head(middle.size))
  await rm(head(middle.size))
  await grow('two')
  const last = await both.dev.root('createCheckpoint', {})
  await pass()
  const seen = async () =>
    (await both.production.root('listWitnessedCheckpoints', { of: DEV })).items.map(({ size }) => size)
  expect(await seen()).not.toContain(last.size)
  await writeFile(head(middle.size), bytes)
  await pass()
  expect((await seen()).slice(0, 2)).toEqual([last.size, middle.size])
  expect(await refusals()).toEqual([])
})

test('an exchange that fails stops nothing else', async () => {
  await rm(both.exchange, { recursive: true })
  await writeFile(both.exchange, 'a file in its place')
  await both.dev.workspace.advance()
  expect((await both.dev.root('listCheckpoints', {})).items).toHaveLength(1)
  await rm(both.exchange)
})

test('the log edited by hand is placed by the check', async () => {
  const check = async () => (await both.dev.root('checkWorkspace', {})).findings
  await both.dev.root('createCheckpoint', {})
  expect(await check()).toEqual([])
  edit("update audit_events set type = 'nothing.happened' where sequence = 2")
  expect(await check()).toMatchObject([
    { kind: 'event_changed', subject: '2', detail: expect.stringContaining('type') },
  ])
  edit("update audit_events set entry = replace(entry, 'admin', 'nobody') where sequence = 3")
  expect((await check()).slice(0, 2)).toMatchObject([
    { kind: 'event_changed', subject: '2' },
    { kind: 'event_changed', subject: '3' },
  ])
})

test('a log rewritten by hand, tree and all, is still not the one that was signed', async () => {
  await both.dev.root('createCheckpoint', {})
  const rows = new DatabaseSync(join(both.dev.dir, 'workspace.db'))
  const kept = rows.prepare('select * from checkpoints').all()
  rows.close()
  await rewrite(3)
  const again = new DatabaseSync(join(both.dev.dir, 'workspace.db'))
  for (const row of kept)
    again
      .prepare('insert into checkpoints values (?, ?, ?, ?, ?, ?)')
      .run(row.size!, row.previous_size!, row.root_hash!, row.at!, row.key_hint!, row.envelope!)
  again.close()
  const { findings } = await both.dev.root('checkWorkspace', {})
  expect(findings).toMatchObject([{ kind: 'log_inconsistent', detail: expect.stringContaining('signed') }])
})
