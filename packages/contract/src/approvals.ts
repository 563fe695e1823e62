import { z } from 'zod'
import { KebabName, Sha256, Timestamp } from './names.ts'

/** A person's signed decision on one plan. */
export const Approval = z
  .object({
    by: KebabName.describe('The identity that decided.'),
    person: KebabName.describe('Who answers for it.'),
    planDigest: Sha256.describe('What it is on: the plan; or the bundle, which is what is rejected.'),
    decision: z.enum(['approved', 'rejected']),
    reason: z.string().nullable(),
    at: Timestamp,
    expiresAt: Timestamp.nullable().describe('From when on it no longer counts.'),
    keyFingerprint: Sha256.describe('The decision key that signed it.'),
    signature: z.string().describe('Of the decision, base64 of DER.'),
    fault: z
      .enum(['signature_invalid', 'key_ended', 'approver_disabled'])
      .optional()
      .describe(
        'Why it does not count, found anew at each reading: its key did not sign what is kept; or, while the promotion is open, its key was ended or its giver disabled. Absent when nothing is wrong.',
      ),
  })
  .meta({ id: 'Approval', description: "A person's signed decision on one plan." })
export type Approval = z.infer<typeof Approval>
