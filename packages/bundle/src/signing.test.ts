import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { PlatformError } from '@airlock-ml/contract'
import { sha256Hex } from '@airlock-ml/stack'
import { expect, test } from 'vitest'
import { createSigningKey, fileSigner, isSignedBy, keyHint, normalisePublicKey, publicKeyOf } from './signing.ts'

const bytes = Buffer.from('these bytes')
const invalid = expect.objectContaining({ code: 'public_key_invalid' })

test('a signer signs so that only its own public key verifies', async () => {
  const [mine, other] = [createSigningKey(), createSigningKey()]
  const signer = fileSigner(mine)
  const signature = await signer.sign(bytes)
  expect(signer.publicKey).toBe(publicKeyOf(mine))
  expect(signer.keyHint).toBe(sha256Hex(publicKeyOf(mine)))
  expect(isSignedBy(signer.publicKey, bytes, signature)).toBe(true)
  expect(isSignedBy(publicKeyOf(other), bytes, signature)).toBe(false)
  expect(isSignedBy(signer.publicKey, Buffer.from('other bytes'), signature)).toBe(false)
  expect(isSignedBy(signer.publicKey, bytes, Buffer.from('no signature'))).toBe(false)
})

test('one key has one hint, however its PEM is laid out', () => {
  const pem = publicKeyOf(createSigningKey())
  const relaid = `\n${pem.trim().replaceAll('\n', '\r\n')}  \n`
  expect(relaid).not.toBe(pem)
  expect(normalisePublicKey(relaid)).toBe(pem)
  expect(keyHint(relaid)).toBe(sha256Hex(pem))
  expect(pem).toMatch(/^-----BEGIN PUBLIC KEY-----\n[A-Za-z0-9+/=]{64}\n[A-Za-z0-9+/=]+\n-----END PUBLIC KEY-----\n$/)
})

test('keys of another kind, private keys and anything else are refused', () => {
  const spki = { type: 'spki', format: 'pem' } as const
  const others = [
    createPublicKey(generateKeyPairSync('ec', { namedCurve: 'secp384r1' }).publicKey.export(spki)).export(spki),
    generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey.export(spki),
    generateKeyPairSync('ed25519').publicKey.export(spki),
    generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export(spki),
    createSigningKey(),
    '',
    'hello',
    '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n',
  ]
  for (const pem of others) expect(() => normalisePublicKey(pem.toString())).toThrow(invalid)
  const p384 = generateKeyPairSync('ec', { namedCurve: 'secp384r1' }).privateKey
  expect(() => fileSigner(p384.export({ type: 'pkcs8', format: 'pem' }).toString())).toThrow(PlatformError)
})
