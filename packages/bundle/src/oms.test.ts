import { PlatformError } from '@airlock-ml/contract'
import { sha256Hex } from '@airlock-ml/stack'
import { expect, test } from 'vitest'
import { preAuthenticationEncoding, signEnvelope } from './envelope.ts'
import { buildStatement, signStatement, verifySignature } from './oms.ts'
import { exampleBundle, examplePublicKey } from './oms-example.test-data.ts'
import { createSigningKey, fileSigner, keyHint } from './signing.ts'

const payloadType = 'application/vnd.in-toto+json'
const exampleHint = '81967bc5bf2e304f919c55ddc95575cd8232ad8e5213d0820f5c9dd8266ef7ee'
const exampleSubject = '44db7c9e7c85dec03843aa61015e3c5e8a24497ce536f552d606113401c9684a'
const exampleKey = { keyHint: exampleHint, publicKey: examplePublicKey, workspace: 'reference' }
const payloadOf = (bundle: string): Buffer => Buffer.from(JSON.parse(bundle).dsseEnvelope.payload, 'base64')

const signer = fileSigner(createSigningKey())
const trustedKeys = [{ keyHint: signer.keyHint, publicKey: signer.publicKey, workspace: 'dev' }]
const statement = {
  name: 'attempt-1',
  resources: [
    { name: 'sub-x/t', sha256: sha256Hex('a') },
    { name: 'weights.bin', sha256: sha256Hex('b') },
    { name: 'sub/t', sha256: sha256Hex('c') },
  ],
}

test('what the reference signer wrote verifies, to the digit', () => {
  const verified = verifySignature(Buffer.from(exampleBundle), { trustedKeys: [exampleKey] })
  expect(keyHint(examplePublicKey)).toBe(exampleHint)
  expect(verified).toMatchObject({ keyHint: exampleHint, workspace: 'reference', statement: { name: 'sample_model' } })
  expect(verified.statement.resources.map(({ name, sha256 }) => [name, sha256.slice(0, 8)])).toEqual([
    ['config.json', '50d0c480'],
    ['sub/vocab.txt', '9e5e9010'],
    ['weights.bin', '62e1cb3d'],
  ])
  const payload = payloadOf(exampleBundle)
  const pae = preAuthenticationEncoding(payloadType, payload)
  expect(Buffer.from(pae).toString().startsWith('DSSEv1 28 application/vnd.in-toto+json 1070 {')).toBe(true)
  expect(sha256Hex(pae)).toBe('48206be6e67d5dabadfd784cd46dde73f9f53c6ae989143202fcf1c15d300e79')
})

test('our statement over the same files says the same as the reference, in its order', () => {
  const theirs = JSON.parse(payloadOf(exampleBundle).toString())
  const { statement: read } = verifySignature(Buffer.from(exampleBundle), { trustedKeys: [exampleKey] })
  const ours = JSON.parse(Buffer.from(buildStatement({ ...read, resources: read.resources.toReversed() })).toString())
  expect(ours.subject[0].digest.sha256).toBe(exampleSubject)
  const sorted = (value: { predicate: { serialization: { ignore_paths: string[] } } }) => {
    value.predicate.serialization.ignore_paths.sort()
    return value
  }
  expect(sorted(ours)).toEqual(sorted(theirs))
})

test('resources go by path component, and by code point inside one', () => {
  const resources = ['sub-x/t', 'sub/t', 'sub', '\u{1f600}', '\uff5e', 'a'].map((name) => ({
    name,
    sha256: sha256Hex(name),
  }))
  const built = JSON.parse(Buffer.from(buildStatement({ name: 'x', resources })).toString())
  const names = built.predicate.resources.map((resource: { name: string }) => resource.name)
  expect(names).toEqual(['a', 'sub', 'sub/t', 'sub-x/t', '\uff5e', '\u{1f600}'])
})

test('what we sign verifies and answers who signed what', async () => {
  const verified = verifySignature(await signStatement(statement, signer), { trustedKeys })
  expect(verified).toMatchObject({ keyHint: signer.keyHint, workspace: 'dev' })
  expect(verified.statement.resources.map((resource) => resource.name)).toEqual(['sub/t', 'sub-x/t', 'weights.bin'])
})

test('a key that is not trusted, or not the one its hint names, is not believed', async () => {
  const bytes = await signStatement(statement, signer)
  const other = fileSigner(createSigningKey())
  const untrusted = expect.objectContaining({
    code: 'bundle_untrusted',
    details: expect.objectContaining({ keyHint: signer.keyHint }),
  })
  expect(() => verifySignature(bytes, { trustedKeys: [] })).toThrow(untrusted)
  expect(() => verifySignature(bytes, { trustedKeys: [exampleKey] })).toThrow(untrusted)
  const swapped = [{ keyHint: signer.keyHint, publicKey: other.publicKey, workspace: 'dev' }]
  expect(() => verifySignature(bytes, { trustedKeys: swapped })).toThrow(untrusted)
})

test('a flip of any one byte of model.sig is noticed', async () => {
  const bytes = Buffer.from(await signStatement(statement, signer))
  for (let i = 0; i < bytes.byteLength; i++) {
    const flipped = Buffer.from(bytes)
    flipped[i] = (flipped[i] ?? 0) ^ 1
    expect(() => verifySignature(flipped, { trustedKeys }), `byte ${i}`).toThrow(PlatformError)
  }
})

type Loose = Record<string, unknown>
const invalid = expect.objectContaining({
  code: 'bundle_invalid',
  details: expect.objectContaining({ file: 'model.sig' }),
})

test.each<[string, (bundle: Loose & { dsseEnvelope: Loose; verificationMaterial: Loose }) => void]>([
  [
    'another media type',
    (b) => {
      b.mediaType = 'application/vnd.dev.sigstore.bundle.v0.2+json'
    },
  ],
  [
    'an unknown field',
    (b) => {
      b.more = 1
    },
  ],
  [
    'an unknown field in its envelope',
    (b) => {
      b.dsseEnvelope.more = 1
    },
  ],
  [
    'an unknown field in its material',
    (b) => {
      b.verificationMaterial.certificate = 'x'
    },
  ],
  [
    'no hint',
    (b) => {
      b.verificationMaterial.publicKey = {}
    },
  ],
  [
    'a log entry',
    (b) => {
      b.verificationMaterial.tlogEntries = [{}]
    },
  ],
  [
    'another payload type',
    (b) => {
      b.dsseEnvelope.payloadType = 'text/plain'
    },
  ],
  [
    'no signature',
    (b) => {
      b.dsseEnvelope.signatures = []
    },
  ],
  [
    'two signatures',
    (b) => {
      b.dsseEnvelope.signatures = [b.dsseEnvelope.signatures, b.dsseEnvelope.signatures].flat()
    },
  ],
  [
    'a payload without padding',
    (b) => {
      b.dsseEnvelope.payload = `${String(b.dsseEnvelope.payload).replace(/=*$/, '')}A`
    },
  ],
  [
    'a payload with a line break',
    (b) => {
      b.dsseEnvelope.payload = `${b.dsseEnvelope.payload}\n`
    },
  ],
  [
    'a payload that is no text',
    (b) => {
      b.dsseEnvelope.payload = 7
    },
  ],
])('a signature file with %s is refused', async (_what, change) => {
  const bundle = JSON.parse(Buffer.from(await signStatement(statement, signer)).toString())
  change(bundle)
  expect(() => verifySignature(Buffer.from(JSON.stringify(bundle)), { trustedKeys })).toThrow(invalid)
})

test('bytes that are no JSON, or a signature in raw form, are refused', async () => {
  expect(() => verifySignature(Buffer.from([0xff, 0xfe]), { trustedKeys })).toThrow(invalid)
  expect(() => verifySignature(Buffer.from('['.repeat(100_000)), { trustedKeys })).toThrow(invalid)
  const raw = await signEnvelope(buildStatement(statement), {
    payloadType,
    signer: { ...signer, sign: async () => Buffer.alloc(64, 7) },
  })
  expect(() => verifySignature(raw, { trustedKeys })).toThrow(invalid)
})

type Signed = {
  predicateType: string
  subject: Loose[]
  predicate: { serialization: Loose & { ignore_paths: unknown[] }; resources: Loose[] } & Loose
} & Loose

test.each<[string, (signed: Signed) => void]>([
  [
    'an older predicate',
    (s) => {
      s.predicateType = 'https://model_signing/Digests/v0.1'
    },
  ],
  [
    'another statement type',
    (s) => {
      s._type = 'https://in-toto.io/Statement/v0.1'
    },
  ],
  [
    'an unknown field',
    (s) => {
      s.more = 1
    },
  ],
  [
    'an unknown field in its predicate',
    (s) => {
      s.predicate.more = 1
    },
  ],
  [
    'method shards',
    (s) => {
      s.predicate.serialization.method = 'shards'
    },
  ],
  [
    'links allowed',
    (s) => {
      s.predicate.serialization.allow_symlinks = true
    },
  ],
  [
    'another hash',
    (s) => {
      s.predicate.serialization.hash_type = 'blake2b'
    },
  ],
  [
    'hidden weights',
    (s) => {
      s.predicate.serialization.ignore_paths.push('weights.bin')
    },
  ],
  [
    'no resources',
    (s) => {
      s.predicate.resources = []
    },
  ],
  [
    'a name twice',
    (s) => {
      s.predicate.resources.push({ ...s.predicate.resources[0] })
    },
  ],
  [
    'a digest in upper case',
    (s) => {
      s.predicate.resources[0] = { name: 'a', algorithm: 'sha256', digest: 'A'.repeat(64) }
    },
  ],
  [
    'resources in another order than its subject',
    (s) => {
      s.predicate.resources.reverse()
    },
  ],
  [
    'two subjects',
    (s) => {
      s.subject.push({ ...s.subject[0] })
    },
  ],
])('a statement with %s is refused though a trusted key signed it', async (_what, change) => {
  const signed = JSON.parse(Buffer.from(buildStatement(statement)).toString())
  change(signed)
  const bytes = await signEnvelope(Buffer.from(JSON.stringify(signed)), { payloadType, signer })
  expect(() => verifySignature(bytes, { trustedKeys })).toThrow(invalid)
})
