import { verify } from 'node:crypto'
import { expect, test } from 'vitest'
import {
  type Decision,
  decisionBytes,
  decisionKeyClaimBytes,
  isDecisionSignedBy,
  isKeyClaimProven,
  signDecision,
  signKeyClaim,
} from './decision.ts'
import { createSigningKey, fileSigner } from './signing.ts'

const signer = fileSigner(createSigningKey())
const decision: Decision = {
  workspace: 'enterprise-production',
  verdict: 'approved',
  subject: { kind: 'promotion', id: '0198c0de-0000-7000-8000-000000000000' },
  digest: 'a'.repeat(64),
  by: 'bob',
  reason: null,
}

test('the signed bytes of a decision are canonical JSON that names all of it', () => {
  expect(Buffer.from(decisionBytes(decision)).toString()).toBe(
    `{"by":"bob","digest":"${'a'.repeat(64)}","kind":"airlock.decision/v1","reason":null,` +
      '"subject":{"id":"0198c0de-0000-7000-8000-000000000000","kind":"promotion"},"verdict":"approved",' +
      '"workspace":"enterprise-production"}',
  )
})

test('a signature is checked with Node alone, without anything of ours', async () => {
  const signature = Buffer.from(await signDecision(signer, decision), 'base64')
  expect(verify('sha256', decisionBytes(decision), signer.publicKey, signature)).toBe(true)
})

test.each([
  { workspace: 'enterprise-dev-staging' },
  { verdict: 'rejected' },
  { subject: { ...decision.subject, kind: 'change' } },
  { subject: { ...decision.subject, id: '0198c0de-0000-7000-8000-000000000001' } },
  { digest: 'b'.repeat(64) },
  { by: 'ann' },
  { reason: '' },
] as Partial<Decision>[])('a signature does not fit the decision with %j', async (change) => {
  const signature = await signDecision(signer, decision)
  expect(isDecisionSignedBy(signer.publicKey, decision, signature)).toBe(true)
  expect(isDecisionSignedBy(signer.publicKey, { ...decision, ...change }, signature)).toBe(false)
})

test.each(['', 'AAAA', 'not base64 at all', '\u0000'])('%j is no signature', (signature) => {
  expect(isDecisionSignedBy(signer.publicKey, decision, signature)).toBe(false)
})

test('a claim is proven by the key in it, for its person and workspace alone', async () => {
  const claim = { workspace: 'enterprise-production', by: 'bob', publicKey: signer.publicKey }
  const proof = await signKeyClaim(signer, claim)
  expect(isKeyClaimProven(claim, proof)).toBe(true)
  for (const change of [{ workspace: 'other' }, { by: 'ann' }, { publicKey: fileSigner(createSigningKey()).publicKey }])
    expect(isKeyClaimProven({ ...claim, ...change }, proof)).toBe(false)
})

test('a decision is no claim: the one’s signature does not serve as the other’s', () => {
  const claim = decisionKeyClaimBytes({ workspace: 'w', by: 'bob', publicKey: signer.publicKey })
  expect(JSON.parse(Buffer.from(claim).toString()).kind).toBe('airlock.decision-key/v1')
})
