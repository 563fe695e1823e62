import { expect, test } from 'vitest'
import { preAuthenticationEncoding, receiptPayloadType, signEnvelope, verifyEnvelope } from './envelope.ts'
import { createSigningKey, fileSigner } from './signing.ts'

const signer = fileSigner(createSigningKey())
const trustedKeys = [{ keyHint: signer.keyHint, publicKey: signer.publicKey, workspace: 'production' }]
const receipt = Buffer.from('{"promotion":"é"}')

test('lengths of the encoding count bytes', () => {
  expect(Buffer.from(preAuthenticationEncoding('a/é', receipt)).toString()).toBe('DSSEv1 4 a/é 18 {"promotion":"é"}')
})

test('a signed receipt is read back with the workspace that signed it', async () => {
  const bytes = await signEnvelope(receipt, { payloadType: receiptPayloadType, signer })
  const verified = verifyEnvelope(bytes, { payloadType: receiptPayloadType, trustedKeys })
  expect(verified).toEqual({ payload: receipt, keyHint: signer.keyHint, workspace: 'production' })
})

test('each way of not being believed has its reason', async () => {
  const bytes = await signEnvelope(receipt, { payloadType: receiptPayloadType, signer })
  const reason = (value: string) => expect.objectContaining({ name: 'EnvelopeError', reason: value })
  expect(() => verifyEnvelope(bytes, { payloadType: receiptPayloadType, trustedKeys: [] })).toThrow(
    reason('unknown_key'),
  )
  expect(() => verifyEnvelope(bytes, { payloadType: 'text/plain', trustedKeys })).toThrow(reason('malformed'))
  const envelope = JSON.parse(Buffer.from(bytes).toString())
  envelope.dsseEnvelope.payload = Buffer.from('{"promotion":"e"}').toString('base64')
  const changed = Buffer.from(JSON.stringify(envelope))
  expect(() => verifyEnvelope(changed, { payloadType: receiptPayloadType, trustedKeys })).toThrow(
    reason('bad_signature'),
  )
})
