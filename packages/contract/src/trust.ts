import { z } from 'zod'
import { Held } from './changes.ts'
import { KebabName, Reason, Sha256, Timestamp } from './names.ts'
import { PageQuery, page } from './page.ts'
import type { Routes } from './route.ts'

/**
 * What a workspace believes a key about: `bundles` it may import, `receipts` of imports of its own bundles, `witness`
 * signatures under its audit log. One does not give another: who may confirm an import may not send models. Either of the
 * first two is enough for its recalls, which only ever bar.
 */
export const TrustPurpose = z
  .enum(['bundles', 'receipts', 'witness'])
  .meta({ id: 'TrustPurpose', description: 'What a key is believed about.' })
export type TrustPurpose = z.infer<typeof TrustPurpose>

const purposes = z.array(TrustPurpose).min(1).max(TrustPurpose.options.length)

/** A public key of another workspace, and what this one believes it about. */
export const TrustedKey = z
  .object({
    keyHint: Sha256.describe("SHA-256 of the key's PEM text, as signatures name it."),
    workspace: KebabName.describe('The workspace whose key it is.'),
    publicKey: z.string().describe('SPKI PEM, ECDSA P-256.'),
    purposes,
    addedAt: Timestamp,
    addedBy: z.string(),
    validFrom: Timestamp.describe('Since when it is believed here.'),
    retiredAt: Timestamp.nullable().describe(
      'Since when it shows something only about what was witnessed before; null while it is believed.',
    ),
    removedAt: Timestamp.nullable(),
  })
  .meta({ id: 'TrustedKey', description: 'A public key of another workspace, and what this one believes it about.' })
export type TrustedKey = z.infer<typeof TrustedKey>

const byHint = z.object({ keyHint: Sha256 })

export const trustRoutes = {
  addTrustedKey: {
    method: 'POST',
    path: '/trust/keys',
    summary:
      'Trust a key for bundles, receipts or witnessing. A key that is trusted already can be given more purposes.',
    action: 'trust:write',
    body: z.object({
      workspace: KebabName,
      publicKey: z.string().max(10_000),
      purposes: purposes.default(['bundles']),
    }),
    response: TrustedKey,
    held: Held,
    status: 201,
    creates: true,
    errors: ['public_key_invalid', 'trusted_key_exists'],
  },
  listTrustedKeys: {
    method: 'GET',
    path: '/trust/keys',
    summary: 'List trusted keys, removed ones included.',
    action: 'trust:read',
    query: PageQuery,
    response: page(TrustedKey),
    errors: [],
  },
  showTrustedKey: {
    method: 'GET',
    path: '/trust/keys/{keyHint}',
    summary: 'Show a trusted key.',
    action: 'trust:read',
    params: byHint,
    response: TrustedKey,
    errors: ['trusted_key_not_found'],
  },
  retireTrustedKey: {
    method: 'POST',
    path: '/trust/keys/{keyHint}/retire',
    summary: 'End a key, as when its workspace has rotated it: it counts only for what was witnessed before.',
    action: 'trust:write',
    params: byHint,
    body: z.object({
      reason: Reason,
      at: Timestamp.nullable().default(null).describe('When it ended; default: now. Not a time to come.'),
    }),
    response: TrustedKey,
    errors: ['trusted_key_not_found'],
  },
  removeTrustedKey: {
    method: 'POST',
    path: '/trust/keys/{keyHint}/remove',
    summary: 'Stop trusting a key, at once and for promotions in progress too.',
    action: 'trust:write',
    params: byHint,
    body: z.object({ reason: Reason }),
    response: TrustedKey,
    errors: ['trusted_key_not_found'],
  },
} as const satisfies Routes
