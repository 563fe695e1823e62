import { canonicalJson } from './canonical-json.ts'
import { isSignedBy, normalisePublicKey, type Signer } from './signing.ts'

/** What a person decided, as they sign it. All of it is in the signed bytes, so that it fits nothing else. */
export type Decision = {
  /** Name of the workspace it is for. */
  workspace: string
  verdict: 'approved' | 'rejected'
  /** What was decided on. */
  subject: { kind: 'promotion' | 'change'; id: string }
  /** SHA-256, hex, of exactly what was decided on: of the plan, the change, or the bundle that is rejected. */
  digest: string
  /** Name of the identity that decides. */
  by: string
  reason: string | null
}

/** What a person says of their own key when it is registered. */
export type DecisionKeyClaim = {
  workspace: string
  /** Name of the person. */
  by: string
  /** SPKI PEM, ECDSA P-256. */
  publicKey: string
}

/** The bytes that are signed: canonical JSON (RFC 8785) of the decision with its kind, `airlock.decision/v1`. */
export const decisionBytes = ({ workspace, verdict, subject, digest, by, reason }: Decision): Uint8Array =>
  canonicalJson({
    kind: 'airlock.decision/v1',
    workspace,
    verdict,
    subject: { kind: subject.kind, id: subject.id },
    digest,
    by,
    reason,
  })

/** The bytes that a new key signs: canonical JSON of the claim with its kind, `airlock.decision-key/v1`. */
export const decisionKeyClaimBytes = ({ workspace, by, publicKey }: DecisionKeyClaim): Uint8Array =>
  canonicalJson({ kind: 'airlock.decision-key/v1', workspace, by, publicKey: normalisePublicKey(publicKey) })

/** A decision's signature: base64 of ECDSA P-256 over SHA-256 in DER. */
export const signDecision = async (signer: Signer, decision: Decision): Promise<string> =>
  base64(await signer.sign(decisionBytes(decision)))

/** The proof that whoever registers a key holds it: the key's own signature over the claim, base64. */
export const signKeyClaim = async (signer: Signer, claim: Omit<DecisionKeyClaim, 'publicKey'>): Promise<string> =>
  base64(await signer.sign(decisionKeyClaimBytes({ ...claim, publicKey: signer.publicKey })))

/** Whether this key signed this decision. `signature` is base64; false for anything that is none. */
export const isDecisionSignedBy = (publicKey: string, decision: Decision, signature: string): boolean =>
  isSignedBy(publicKey, decisionBytes(decision), Buffer.from(signature, 'base64'))

/** Whether the key in the claim signed it. Throws `public_key_invalid` for what is no ECDSA P-256 key. */
export const isKeyClaimProven = (claim: DecisionKeyClaim, proof: string): boolean =>
  isSignedBy(normalisePublicKey(claim.publicKey), decisionKeyClaimBytes(claim), Buffer.from(proof, 'base64'))

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
