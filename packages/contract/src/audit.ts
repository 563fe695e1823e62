import { z } from 'zod'
import { Id, Json, KebabName, Timestamp } from './names.ts'
import { PageQuery, page } from './page.ts'
import type { Routes } from './route.ts'

/** Who acted. A user and their service accounts count as one `person`. */
export const Actor = z
  .object({
    identityId: Id.nullable().describe('Null for the system itself and for strangers.'),
    kind: z.enum(['user', 'service-account', 'system', 'anonymous']),
    name: z.string(),
    person: z.string().describe('Name of the user who answers for the act.'),
    apiKeyId: z.string().nullable(),
    signedInBy: z
      .enum(['api-key', 'password', 'token'])
      .nullable()
      .describe('What the API key was got for: itself, a password, or a token of another issuer. Null without a key.'),
  })
  .meta({ id: 'Actor', description: 'Who acted.' })
export type Actor = z.infer<typeof Actor>

/** One decision or change, written in the same transaction as what it records. */
export const AuditEvent = z
  .object({
    sequence: z.int().positive().describe('Place in the log, without gaps.'),
    id: Id,
    at: Timestamp,
    type: z.string().describe('Noun and past participle, as `promotion.approved`.'),
    actor: Actor,
    project: z.string().nullable(),
    subject: z.object({ kind: z.string(), id: z.string(), digest: z.string().nullable() }),
    outcome: z.enum(['done', 'refused']),
    before: Json.nullable(),
    after: Json.nullable(),
    reason: z.string().nullable(),
    requestId: z.string().nullable(),
  })
  .meta({ id: 'AuditEvent', description: 'One decision or change.' })
export type AuditEvent = z.infer<typeof AuditEvent>

export const auditRoutes = {
  listAuditEvents: {
    method: 'GET',
    path: '/audit/events',
    summary: 'List audit events, newest first.',
    action: 'audit:read',
    query: PageQuery.extend({
      type: z.string().max(100).optional(),
      subject: z.string().max(300).optional().describe('Identifier of what was acted upon.'),
    }),
    response: page(AuditEvent),
    errors: [],
  },
  showAuditEvent: {
    method: 'GET',
    path: '/audit/events/{sequence}',
    summary: 'Show one audit event.',
    action: 'audit:read',
    params: z.object({ sequence: z.coerce.number().int().positive() }),
    response: AuditEvent,
    errors: ['audit_event_not_found'],
  },
  takeEvidence: {
    method: 'POST',
    path: '/audit/evidence',
    summary:
      'Write into the log which of its events are about some subjects, so that one left out of evidence is missed. Answers with the last such event when nothing came since.',
    action: 'audit:read',
    body: z.strictObject({
      project: KebabName,
      subjects: z
        .array(z.string().min(1).max(300))
        .min(1)
        .max(100)
        .describe('Identifiers of what was acted upon. The first is what the evidence is about.'),
    }),
    response: AuditEvent,
    errors: [],
  },
} as const satisfies Routes
