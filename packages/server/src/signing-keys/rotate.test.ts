import { readdir } from 'node:fs/promises'
import { readRotation, verifyExport } from '@airlock-ml/bundle'
import { expect, test } from 'vitest'
import { callAs } from '../../test/call.ts'
import { freshWorkspaces } from '../../test/shared-workspaces.ts'
import { trainModel } from '../../test/trained-model.ts'
import { model, project, stageAndExport } from '../../test/two-workspaces.ts'
import { openWorkspace } from '../open-workspace.ts'

const both = freshWorkspaces()

const show = () => both.dev.root('showWorkspace', {})
const rotate = (reason = 'every year') => both.dev.root('rotateSigningKey', { body: { reason } })
const keyFiles = async () => (await readdir(both.dev.dir)).filter((name) => name.startsWith('signing-key'))

test('a rotation is an event that the retired key itself signed, and the key before stays listed', async () => {
  const before = await show()
  const { retired, inForce } = await rotate()
  const after = await show()
  expect(retired).toMatchObject({ keyHint: before.keyHint, retiredAt: inForce.validFrom })
  expect(after).toMatchObject({ publicKey: inForce.publicKey, keyHint: inForce.keyHint, keys: [retired, inForce] })
  const { items } = await both.dev.root('listAuditEvents', { type: 'workspace.key-rotated' })
  expect(items).toMatchObject([
    {
      actor: { name: 'root' },
      reason: 'every year',
      before: { keyHint: before.keyHint },
      after: { keyHint: inForce.keyHint, publicKey: inForce.publicKey },
    },
  ])
  const { statement } = items[0]!.after as { statement: string }
  const trusted = [{ ...retired, workspace: before.name }]
  expect(readRotation(Buffer.from(statement), trusted)).toMatchObject({ nextKeyHint: inForce.keyHint })
  expect(await keyFiles()).toEqual(['signing-key.pem'])
})

test('heads, and the log as a whole, follow the key', async () => {
  const first = await both.dev.root('createCheckpoint', {})
  const { retired, inForce } = await rotate()
  const second = await both.dev.root('createCheckpoint', {})
  expect([first.keyHint, second.keyHint]).toEqual([retired.keyHint, inForce.keyHint])
  const publicKeys = [retired.publicKey, inForce.publicKey]
  const verdict = await verifyExport(await both.dev.root('exportAuditLog', {}), { publicKeys })
  expect(verdict).toMatchObject({ ok: true, checkpoints: { verified: 2 } })
  expect((await both.dev.root('checkWorkspace', {})).findings).toEqual([])
})

test('what is exported again is signed by the new key, under the same digest', async () => {
  const { bundle, number } = await stageAndExport(both.dev.root, await trainModel({ seed: 1 }))
  const { inForce } = await rotate()
  const again = await both.dev.root('exportModelVersion', { project, model, body: { number } })
  expect(again).toMatchObject({ keyHint: inForce.keyHint, bundle: { digest: bundle.digest } })
  expect(again.bundle.uri).not.toBe(bundle.uri)
})

test('a process that was open before signs with the new key, too', async () => {
  const other = await openWorkspace({ dir: both.dev.dir, exchange: both.exchange })
  try {
    const { inForce } = await rotate()
    const call = callAs(other.fetch, await both.dev.keyOf('root'))
    expect((await call('createCheckpoint', {})).keyHint).toBe(inForce.keyHint)
    expect((await call('rotateSigningKey', { body: {} })).retired.keyHint).toBe(inForce.keyHint)
  } finally {
    await other.close()
  }
  expect((await show()).keys).toHaveLength(3)
  expect((await both.dev.root('createCheckpoint', {})).keyHint).toBe((await show()).keyHint)
})

test('of rotations at the same time each is whole, and one key is in force', async () => {
  const ended = await Promise.allSettled([rotate(), rotate(), rotate()])
  const done = ended.filter(({ status }) => status === 'fulfilled').length
  for (const each of ended)
    if (each.status === 'rejected') expect(each.reason).toMatchObject({ code: 'signing_key_rotated' })
  const { keys } = await show()
  expect(keys).toHaveLength(1 + done)
  expect(keys.filter(({ retiredAt }) => retiredAt === null)).toHaveLength(1)
  const { keyHint } = await both.dev.root('createCheckpoint', {})
  expect(keyHint).toBe(keys.at(-1)!.keyHint)
})

test('a key of the workspace itself, retired or not, is not one to trust', async () => {
  const { retired } = await rotate()
  const body = { workspace: 'enterprise-production', publicKey: retired.publicKey }
  await expect(both.dev.root('addTrustedKey', { body })).rejects.toMatchObject({ code: 'public_key_invalid' })
})
