import { readdir, rename, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createSigningKey } from '@airlock-ml/bundle'
import { expect, test } from 'vitest'
import { freshWorkspaces } from '../../test/shared-workspaces.ts'
import { closeDeps, openDeps } from '../open-deps.ts'
import { keyFiles } from '../signing-keys/key-files.ts'
import { rotateSigningKey } from '../signing-keys/rotate.ts'

const both = freshWorkspaces()

const inDev = (name: string) => join(both.dev.dir, name)
const repair = () => both.dev.root('repairWorkspace', { body: { dryRun: false } })
const keysLeft = async () => (await readdir(both.dev.dir)).filter((name) => name.startsWith('signing-key')).sort()
const age = (name: string) => {
  const then = Date.now() / 1_000 - 2 * 3_600
  return utimes(inDev(name), then, then)
}

test('keys of rotations that never committed, and half-made ones, are named and removed; young ones stay', async () => {
  const signer = await keyFiles(inDev('signing-key.pem')).create()
  const [whole, half] = [`signing-key-${signer.keyHint}.pem`, 'signing-key.pem.0198c0de-0000-4000-8000-000000000000']
  await writeFile(inDev(half), '-----BEGIN')
  expect(await repair()).toMatchObject({
    removed: [],
    spared: [whole, half].map((subject) => ({ kind: 'signing_key_abandoned', subject })),
  })
  for (const name of [whole, half]) await age(name)
  expect(await both.dev.root('checkWorkspace', {})).toMatchObject({
    consistent: true,
    findings: [{ subject: whole, sizeBytes: expect.any(Number) }, { subject: half }],
  })
  expect(await repair()).toMatchObject({ removed: [{ subject: whole }, { subject: half }], spared: [] })
  expect(await keysLeft()).toEqual(['signing-key.pem'])
  const told = await both.dev.root('listAuditEvents', { type: 'workspace.repaired' })
  expect(told.items).toMatchObject([{ after: { count: 2 } }])
  expect((await both.dev.root('rotateSigningKey', { body: {} })).inForce.retiredAt).toBeNull()
})

test('the key of a rotation that committed is no orphan, though a kill kept it from its place', async () => {
  const { keyHint } = await both.dev.root('showWorkspace', {})
  const name = `signing-key-${keyHint}.pem`
  await rename(inDev('signing-key.pem'), inDev(name))
  await writeFile(inDev('signing-key.pem'), createSigningKey())
  await age(name)
  expect(await repair()).toMatchObject({ removed: [], spared: [] })
  expect((await both.dev.root('checkWorkspace', {})).findings).toEqual([])
  expect(await keysLeft()).toContain(name)
})

test('a rotation whose key was removed under its hands changes nothing', async () => {
  const deps = await openDeps({ dir: both.dev.dir, exchange: both.exchange })
  const { actor } = await both.dev.root('whoami', {})
  const { create } = deps.signingKeys
  // As by a repair while the process that rotates slept for hours.
  const signingKeys = {
    ...deps.signingKeys,
    create: async () => {
      const signer = await create()
      await rm(inDev(`signing-key-${signer.keyHint}.pem`))
      return signer
    },
  }
  const before = await both.dev.root('showWorkspace', {})
  const by = { actor, roles: [], requestId: 'rotation' }
  await expect(rotateSigningKey({ ...deps, signingKeys }, { reason: null }, by)).rejects.toMatchObject({
    code: 'database_busy',
  })
  await closeDeps(deps)
  expect(await both.dev.root('showWorkspace', {})).toEqual(before)
  expect((await both.dev.root('createCheckpoint', {})).keyHint).toBe(before.keyHint)
})
