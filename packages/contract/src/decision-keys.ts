import { z } from 'zod'
import { Held } from './changes.ts'
import { SignersWarning } from './identity.ts'
import { KebabName, Sha256, Timestamp } from './names.ts'
import { PageQuery, page } from './page.ts'
import type { Routes } from './route.ts'

/** A signature over canonical JSON: base64 of ECDSA P-256 over SHA-256 in DER. Null, or anything else, is refused. */
export const DecisionSignature = z
  .string()
  .max(200)
  .nullable()
  .default(null)
  .describe("Base64 of the DER signature by the person's decision key. A decision without one is refused.")

/** The public half of a person's own key, which signs what they decide. The private half never leaves their machine. */
export const DecisionKey = z
  .object({
    fingerprint: Sha256.describe('SHA-256 of the PEM text.'),
    person: KebabName,
    publicKey: z.string().describe('SPKI PEM, ECDSA P-256.'),
    registeredAt: Timestamp,
    revokedAt: Timestamp.nullable().describe('When it ended: it was revoked or replaced, or its person disabled.'),
    revokedBy: z.string().nullable(),
  })
  .meta({ id: 'DecisionKey', description: 'The public half of the key that a person signs decisions with.' })
export type DecisionKey = z.infer<typeof DecisionKey>

const one = z.object({ fingerprint: Sha256 })

export const decisionKeyRoutes = {
  registerDecisionKey: {
    method: 'POST',
    path: '/decision-keys',
    summary:
      'Register one’s own decision key, signed by itself. The same key again changes nothing; another one is refused until a second person has revoked the first.',
    action: 'authenticated',
    body: z.object({
      publicKey: z.string().max(10_000),
      proof: DecisionSignature,
    }),
    response: DecisionKey,
    held: Held,
    status: 201,
    creates: true,
    errors: ['public_key_invalid', 'decision_key_exists', 'decision_key_taken', 'decision_signature_invalid'],
  },
  listDecisionKeys: {
    method: 'GET',
    path: '/decision-keys',
    summary: 'List decision keys, ended ones included.',
    action: 'authenticated',
    query: PageQuery.extend({ person: KebabName.optional() }),
    response: page(DecisionKey),
    errors: [],
  },
  showDecisionKey: {
    method: 'GET',
    path: '/decision-keys/{fingerprint}',
    summary: 'Show a decision key.',
    action: 'authenticated',
    params: one,
    response: DecisionKey,
    errors: ['decision_key_not_found'],
  },
  revokeDecisionKey: {
    method: 'POST',
    path: '/decision-keys/{fingerprint}/revoke',
    summary:
      'End a decision key: one’s own, or any for an admin. Approvals signed with it no longer count where they have not been acted on.',
    action: 'authenticated',
    params: one,
    response: DecisionKey.extend({ warning: SignersWarning }),
    errors: ['decision_key_not_found'],
  },
} as const satisfies Routes
