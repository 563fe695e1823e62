import {
  createSigningKey,
  type Decision,
  fileSigner,
  type Signer,
  signDecision,
  signKeyClaim,
} from '@airlock-ml/bundle'
import type { DecisionKey, Promotion } from '@airlock-ml/contract'
import { type Call, done } from './call.ts'
import { project } from './two-workspaces.ts'

const signers = new WeakMap<Call, Promise<Signer>>()

/** The signer of a caller; its key is made and registered at the first call. A machine has one that nobody registered. */
export function signerOf(call: Call): Promise<Signer> {
  const signer = signers.get(call) ?? makeSigner(call)
  signers.set(call, signer)
  return signer
}

async function makeSigner(call: Call): Promise<Signer> {
  const signer = fileSigner(createSigningKey())
  const { actor } = await call('whoami', {})
  if (actor.kind === 'user') await register(call, signer)
  return signer
}

/** Registers a key as the caller's, as the command line does. */
export async function register(call: Call, signer: Signer): Promise<DecisionKey> {
  const { actor } = await call('whoami', {})
  const { name: workspace } = await call('showWorkspace', {})
  const proof = await signKeyClaim(signer, { workspace, by: actor.name })
  return done(await call('registerDecisionKey', { body: { publicKey: signer.publicKey, proof } }))
}

/** A caller's signature under a decision of theirs. `other` replaces parts of what is signed. */
export async function sign(
  call: Call,
  decision: Pick<Decision, 'verdict' | 'subject' | 'digest' | 'reason'>,
  other: Partial<Decision> & { signer?: Signer } = {},
): Promise<string> {
  const { signer = await signerOf(call), ...changed } = other
  const { actor } = await call('whoami', {})
  const { name: workspace } = await call('showWorkspace', {})
  return signDecision(signer, { workspace, by: actor.name, ...decision, ...changed })
}

/** Approves a promotion's plan, signed. */
export async function approvePromotion(
  call: Call,
  { id, planDigest }: Pick<Promotion, 'id' | 'planDigest'>,
  reason: string | null = null,
): Promise<Promotion> {
  const digest = planDigest!
  const signature = await sign(call, { verdict: 'approved', subject: { kind: 'promotion', id }, digest, reason })
  return call('approvePromotion', { project, promotionId: id, body: { planDigest: digest, reason, signature } })
}

/** Rejects a promotion, signed. */
export async function rejectPromotion(
  call: Call,
  { id, bundle: { digest } }: Pick<Promotion, 'id' | 'bundle'>,
  reason: string,
): Promise<Promotion> {
  const signature = await sign(call, { verdict: 'rejected', subject: { kind: 'promotion', id }, digest, reason })
  return call('rejectPromotion', { project, promotionId: id, body: { reason, signature } })
}
