import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { checkpointKey, fileSigner, type Signer, signCheckpoint } from '@airlock-ml/bundle'
import { beforeEach, expect, test } from 'vitest'
import { freshWorkspaces } from '../../test/shared-workspaces.ts'
import { stoppedClock } from '../../test/stopped-clock.ts'

const DEV = 'enterprise-dev-staging'

/** The key that dev was born with, as a thief has it. */
let old: Signer

const clock = stoppedClock('2026-03-04T05:06:07Z')
const both = freshWorkspaces({ now: clock.now })
beforeEach(async () => {
  old = fileSigner(await readFile(join(both.dev.dir, 'signing-key.pem'), 'utf8'))
  await believe(old.publicKey)
})

const believe = (publicKey: string) =>
  both.production.root('addTrustedKey', { body: { workspace: DEV, publicKey, purposes: ['witness'] } })
const retire = () => both.production.root('retireTrustedKey', { keyHint: old.keyHint, body: { reason: 'rotated' } })
const rotate = async () => (await both.dev.root('rotateSigningKey', { body: {} })).inForce
const grow = (name: string) => both.dev.root('createProject', { body: { name } })
/** Dev signs its head now and publishes it. */
const publish = async () => {
  const head = await both.dev.root('createCheckpoint', {})
  await both.dev.workspace.advance()
  clock.ms += 60_000
  return head
}
const look = () => both.production.workspace.advance()
const seen = async () =>
  (await both.production.root('listWitnessedCheckpoints', { of: DEV })).items.map(({ size }) => size).reverse()
const refusals = async () => (await both.production.root('listAuditEvents', { type: 'witness.refused' })).items

test('a witness follows the log over a rotation, once it was told of the new key', async () => {
  const first = await publish()
  await look()
  const { publicKey, keyHint } = await rotate()
  const second = await publish()
  await look()
  expect(await seen()).toEqual([first.size])
  expect(await refusals()).toMatchObject([{ reason: expect.stringContaining(`${keyHint}, which is not trusted`) }])
  await believe(publicKey)
  await retire()
  await look()
  expect(await seen()).toEqual([first.size, second.size])
  expect(await refusals()).toHaveLength(1)
})

test('the last head that a key signed stays seen after it was retired or removed', async () => {
  const first = await publish()
  await look()
  await retire()
  await look()
  await believe((await rotate()).publicKey)
  await both.production.root('removeTrustedKey', { keyHint: old.keyHint, body: { reason: 'stolen' } })
  await look()
  expect([await seen(), await refusals()]).toEqual([[first.size], []])
})

test('a head that the retired key signed, and nobody saw before, waits for one of the new key that continues it', async () => {
  const first = await publish()
  await look()
  await grow('one')
  const second = await publish()
  await grow('two')
  const third = await publish()
  await retire()
  await look()
  expect(await seen()).toEqual([first.size])
  expect(await refusals()).toMatchObject([
    { outcome: 'refused', reason: expect.stringMatching(/retired at .* not seen before/) },
    { outcome: 'refused' },
  ])
  await believe((await rotate()).publicKey)
  const fourth = await publish()
  await look()
  expect(await seen()).toEqual([first, second, third, fourth].map(({ size }) => size))
})

test('a fork of the log that a thief signs with the retired key is refused and recorded, and does not hold up the true one', async () => {
  const first = await publish()
  await look()
  await believe((await rotate()).publicKey)
  const second = await publish()
  await look()
  await retire()
  const fork = { formatVersion: 1, workspace: DEV, rootHash: 'b'.repeat(64), at: '2026-03-04T05:06:07.000Z' } as const
  for (const previousSize of [first.size, second.size]) {
    const size = second.size + 1 + previousSize
    const forged = await signCheckpoint({ ...fork, size, previousSize, consistency: ['c'.repeat(64)] }, old)
    await writeFile(join(both.exchange, checkpointKey(DEV, size)), forged)
  }
  await grow('one')
  const third = await publish()
  await look()
  await look()
  expect(await seen()).toEqual([first, second, third].map(({ size }) => size))
  const refused = await refusals()
  expect(refused).toHaveLength(2)
  for (const { outcome, reason } of refused)
    expect([outcome, reason]).toEqual(['refused', expect.stringContaining(old.keyHint)])
})
