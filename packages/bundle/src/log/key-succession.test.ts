import { expect, test } from 'vitest'
import { canonicalJson } from '../canonical-json.ts'
import { createSigningKey, fileSigner, type Signer } from '../signing.ts'
import { type Checkpoint, signCheckpoint } from './checkpoint.ts'
import { exportLine } from './export-lines.ts'
import { Frontier } from './frontier.ts'
import { leafHash } from './merkle.ts'
import { type KeyRotation, ROTATION_EVENT, signRotation } from './rotation.ts'
import { at, own } from './sample-log.test-data.ts'
import { verifyExport } from './verify-export.ts'

const next = fileSigner(createSigningKey())
const thief = fileSigner(createSigningKey())

type Head = { size: number; signer: Signer }
type Rotation = { sequence: number; statement: string; retires: string }

/** A log of 10 events, with heads and rotations where they are said to be. */
async function logWith(heads: Head[], rotations: Rotation[], reason = 'as it was') {
  const frontier = new Frontier()
  const header = { workspace: 'dev', publicKey: next.publicKey, size: 10, exportedAt: at }
  const lines = [exportLine.header({ formatVersion: 1, kind: 'airlock.audit-log', ...header })]
  const envelopes: Uint8Array[] = []
  for (let sequence = 1, previousSize = 0; sequence <= 10; sequence++) {
    const rotation = rotations.find((each) => each.sequence === sequence)
    const entry = Buffer.from(
      canonicalJson(
        rotation
          ? {
              sequence,
              type: ROTATION_EVENT,
              before: { keyHint: rotation.retires },
              after: { statement: rotation.statement },
            }
          : { sequence, type: 'thing.done', reason },
      ),
    )
    const leaf = leafHash(entry)
    lines.push(exportLine.event(entry.toString(), leaf.toString('hex')))
    frontier.append(leaf)
    for (const { signer } of heads.filter(({ size }) => size === sequence)) {
      const rootHash = frontier.root().toString('hex')
      const head: Checkpoint = {
        formatVersion: 1,
        workspace: 'dev',
        size: sequence,
        rootHash,
        at,
        previousSize,
        consistency: [],
      }
      const envelope = await signCheckpoint(head, signer)
      envelopes.push(envelope)
      lines.push(exportLine.checkpoint(Buffer.from(envelope).toString()))
      previousSize = sequence
    }
  }
  return { lines, envelopes }
}

const statement = (signer: Signer = own, change: Partial<KeyRotation> = {}) =>
  signRotation(
    {
      formatVersion: 1,
      workspace: 'dev',
      at,
      keyHint: own.keyHint,
      nextKeyHint: next.keyHint,
      nextPublicKey: next.publicKey,
      ...change,
    },
    signer,
  )
const verify = (lines: string[], publicKeys: string[], outside: Uint8Array[] = []) =>
  verifyExport(
    (async function* () {
      yield Buffer.from(lines.join(''))
    })(),
    { publicKeys, outside: outside.map((bytes, n) => ({ name: `kept ${n}`, bytes })) },
  )

const rotation = async (signed?: Promise<string>): Promise<Rotation> => ({
  sequence: 6,
  statement: await (signed ?? statement()),
  retires: own.keyHint,
})
const both = [own.publicKey, next.publicKey]
const heads = [
  { size: 5, signer: own },
  { size: 10, signer: next },
]

test('a log whose key was rotated verifies with both keys', async () => {
  const { lines, envelopes } = await logWith(heads, [await rotation()])
  expect(await verify(lines, both, envelopes)).toMatchObject({
    ok: true,
    checkpoints: { verified: 2, last: { size: 10, keyHint: next.keyHint } },
    recoveries: [],
    problems: [],
  })
})

test('with one of the two keys it does not, and says which is wanted', async () => {
  const { lines } = await logWith(heads, [await rotation()])
  const withOld = await verify(lines, [own.publicKey])
  expect(withOld).toMatchObject({ ok: false })
  expect(withOld.problems.map(({ message }) => message).join()).toContain(next.keyHint)
  const withNew = await verify(lines, [next.publicKey])
  expect(withNew).toMatchObject({ ok: false })
  expect(withNew.problems.map(({ message }) => message).join()).toMatch(/Give the public key of that time/)
})

test('a head that the retired key signed behind its retirement is not believed, in the file or outside', async () => {
  const rotated = await rotation()
  const late = await logWith([...heads, { size: 8, signer: own }], [rotated])
  expect(await verify(late.lines, both)).toMatchObject({
    ok: false,
    problems: [{ kind: 'signature', message: expect.stringContaining(`from event 6 on the key ${next.keyHint}`) }],
  })
  const whole = await logWith(heads, [rotated])
  const outside = late.envelopes.slice(1, 2)
  expect(await verify(whole.lines, both, outside)).toMatchObject({ ok: false, problems: [{ kind: 'signature' }] })
})

test('a history without the rotation, signed to its end by the key that was stolen, is found with the key after it', async () => {
  const { lines } = await logWith([{ size: 10, signer: own }], [], 'as the thief tells it')
  expect(await verify(lines, both)).toMatchObject({
    ok: false,
    problems: [{ kind: 'truncated', message: expect.stringContaining(next.keyHint) }],
  })
})

test.each<[string, () => Promise<string>, RegExp]>([
  ['signed by somebody else', () => statement(thief), /not trusted/],
  ['signed by the key that comes after', () => statement(next), /did not sign it/],
  ['of another workspace', () => statement(own, { workspace: 'prod' }), /speaks for prod/],
  ['naming a key by the hint of another', () => statement(own, { nextKeyHint: thief.keyHint }), /nextKeyHint/],
  ['that is none', async () => 'rotated', /envelope|JSON|not/],
])('a rotation statement %s is not believed', async (_, forged, why) => {
  const { lines } = await logWith(heads, [await rotation(forged())])
  const verdict = await verify(lines, both)
  expect(verdict.ok).toBe(false)
  expect(verdict.problems[0]).toMatchObject({ kind: 'signature', sequence: 6, message: expect.stringMatching(why) })
})

test('a key that was retired rotates nothing more', async () => {
  const again = await statement(own, { nextKeyHint: thief.keyHint, nextPublicKey: thief.publicKey })
  const forged = { sequence: 8, statement: again, retires: own.keyHint }
  const { lines } = await logWith([heads[0]!, { size: 10, signer: thief }], [await rotation(), forged])
  const { ok, problems } = await verify(lines, [...both, thief.publicKey])
  expect(ok).toBe(false)
  expect(problems[0]).toMatchObject({
    kind: 'signature',
    sequence: 8,
    message: expect.stringContaining('was in force'),
  })
})
