import { z } from 'zod'
import { Id, Json, KebabName, Reason, Sha256, Timestamp } from './names.ts'
import { PageQuery, page } from './page.ts'
import type { Routes } from './route.ts'
import { updatingDeployment } from './shared-errors.ts'

/** The acts that four eyes hold back when they loosen something: operations of this API, by their ids. */
export const HeldOperation = z
  .enum([
    'applyPolicy',
    'applyComparison',
    'addTrustedKey',
    'createUser',
    'createServiceAccount',
    'setRoles',
    'createFederationRule',
    'registerDecisionKey',
    'updateDeployment',
  ])
  .meta({ id: 'HeldOperation', description: 'An operation that four eyes hold back when it loosens something.' })
export type HeldOperation = z.infer<typeof HeldOperation>

/** `expired`: nobody decided in time. */
export const ChangeState = z
  .enum(['pending', 'applied', 'rejected', 'expired'])
  .meta({ id: 'ChangeState', description: 'How far a change request came.' })
export type ChangeState = z.infer<typeof ChangeState>

/** What the digest of a change request covers: its RFC 8785 JSON is hashed and kept. */
export const ChangeContent = z
  .object({
    kind: z.literal('airlock.change/v1'),
    id: Id,
    workspace: KebabName,
    operation: HeldOperation,
    project: KebabName.nullable(),
    subject: z.string().describe('What it is about, as `policy production` or `identity ada`.'),
    input: Json.describe('What the operation was called with, and will be.'),
    basedOn: Sha256.describe('Digest of what was there when it was asked for. It applies only while that is there.'),
    before: Json.describe('Null where nothing was.'),
    after: Json,
    requestedBy: z.string(),
    requestedByPerson: z.string().describe('The user who answers for it.'),
    requestedAt: Timestamp,
    expiresAt: Timestamp,
  })
  .meta({ id: 'ChangeContent', description: 'What the digest of a change request covers.' })
export type ChangeContent = z.infer<typeof ChangeContent>

/** An act that loosens something and waits for a second person. */
export const Change = ChangeContent.extend({
  digest: Sha256.describe('SHA-256 of the RFC 8785 JSON of its content: what an approval is signed for.'),
  state: ChangeState,
  mayDecide: z.array(z.string()).describe('Who could approve it now.'),
  decision: z
    .object({
      verdict: z.enum(['approved', 'rejected']),
      by: z.string(),
      person: z.string(),
      reason: z.string().nullable(),
      at: Timestamp,
      signature: z.string().nullable().describe('Base64 of the DER signature of an approval by its giver’s own key.'),
      keyFingerprint: Sha256.nullable(),
    })
    .nullable(),
}).meta({ id: 'Change', description: 'An act that loosens something and waits for a second person.' })
export type Change = z.infer<typeof Change>

/** What an operation answers, with status 202, when it became a change request instead of being done. */
export const Held = z.object({ change: Change }).meta({ id: 'Held', description: 'The act waits for a second person.' })
export type Held = z.infer<typeof Held>

/** Whether an operation was not done, but waits for a second person. */
export const isHeld = (answer: object): answer is Held => 'change' in answer

const byId = z.object({ changeId: Id })

export const changeRoutes = {
  listChanges: {
    method: 'GET',
    path: '/changes',
    summary: 'List change requests, newest first.',
    action: 'change:read',
    query: PageQuery.extend({ state: ChangeState.optional() }),
    response: page(Change),
    errors: [],
  },
  showChange: {
    method: 'GET',
    path: '/changes/{changeId}',
    summary: 'Show a change request.',
    action: 'change:read',
    params: byId,
    response: Change,
    errors: ['change_not_found'],
  },
  approveChange: {
    method: 'POST',
    path: '/changes/{changeId}/approve',
    summary: 'Approve a change request, which applies it in the same transaction. Never one’s own.',
    action: 'change:decide',
    params: byId,
    body: z.object({
      reason: Reason.nullable().default(null),
      signature: z.string().max(1_000).describe('Of the decision, by the approver’s own key: base64 of DER.'),
    }),
    response: Change,
    errors: [
      'change_not_found',
      'change_ended',
      'change_by_requester',
      'change_outdated',
      'decision_key_exists',
      'decision_key_missing',
      'decision_key_taken',
      'decision_signature_invalid',
      'identity_exists',
      'identity_not_found',
      'last_admin',
      'policy_invalid',
      'public_key_invalid',
      'trusted_key_exists',
      'federation_rule_invalid',
      ...updatingDeployment,
    ],
  },
  rejectChange: {
    method: 'POST',
    path: '/changes/{changeId}/reject',
    summary: 'Reject a change request for good, or withdraw one’s own.',
    action: 'change:decide',
    params: byId,
    body: z.object({ reason: Reason }),
    response: Change,
    errors: ['change_not_found', 'change_ended'],
  },
} as const satisfies Routes
