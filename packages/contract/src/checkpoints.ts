import { z } from 'zod'
import { KebabName, Sha256, Timestamp } from './names.ts'
import { PageQuery, page } from './page.ts'
import type { Routes } from './route.ts'

/** The signed head of an audit log, and who has countersigned it. */
export const Checkpoint = z
  .object({
    size: z.int().positive().describe('How many events the log has.'),
    rootHash: Sha256.describe('Root of the RFC 6962 tree over their entries.'),
    at: Timestamp.describe('When it was signed.'),
    previousSize: z.int().min(0).describe('Size of the checkpoint before; 0 for the first.'),
    keyHint: Sha256.describe('The key that signed it.'),
    envelope: z.string().describe('The signed bytes, JSON, as they are published in the exchange.'),
    witnesses: z.array(z.object({ workspace: KebabName, at: Timestamp })).describe('Who countersigned it, and when.'),
  })
  .meta({ id: 'Checkpoint', description: 'The signed head of an audit log.' })
export type Checkpoint = z.infer<typeof Checkpoint>

/** A checkpoint of another workspace that this one has countersigned. */
export const WitnessedCheckpoint = z
  .object({
    workspace: KebabName.describe('The workspace whose log it is.'),
    size: z.int().positive(),
    rootHash: Sha256,
    at: Timestamp.describe('When it was countersigned.'),
    keyHint: Sha256.describe('The key that signed the checkpoint.'),
    envelope: z.string().describe('The countersignature, JSON, as it is published in the exchange.'),
  })
  .meta({ id: 'WitnessedCheckpoint', description: 'A checkpoint of another workspace that this one countersigned.' })
export type WitnessedCheckpoint = z.infer<typeof WitnessedCheckpoint>

/** An event's own bytes and the proof that they are in the log. */
export const InclusionProof = z
  .object({
    sequence: z.int().positive(),
    entry: z.string().describe('The event as RFC 8785 JSON, byte for byte as its leaf is hashed.'),
    leafHash: Sha256.describe('SHA-256 of a zero byte and the entry.'),
    size: z.int().positive().describe('Size of the checkpoint it is proved for.'),
    path: z.array(Sha256).describe('Audit path of RFC 6962, nearest first.'),
    checkpoint: z.string().describe('The signed checkpoint of that size, JSON.'),
    countersignatures: z
      .array(
        z.object({
          workspace: KebabName,
          keyHint: Sha256,
          at: Timestamp,
          envelope: z.string().describe('The signed bytes, JSON, as they lie in the exchange.'),
        }),
      )
      .describe('What witnesses signed of that checkpoint, where this workspace has collected it.'),
  })
  .meta({ id: 'InclusionProof', description: 'The proof that an event is in the log.' })
export type InclusionProof = z.infer<typeof InclusionProof>

export const checkpointRoutes = {
  createCheckpoint: {
    method: 'POST',
    path: '/audit/checkpoints',
    summary: 'Sign the head of the audit log now. Answers with the last checkpoint when nothing was added since.',
    action: 'audit:read',
    response: Checkpoint,
    errors: [],
  },
  listCheckpoints: {
    method: 'GET',
    path: '/audit/checkpoints',
    summary: 'List the signed heads of the audit log, newest first.',
    action: 'audit:read',
    query: PageQuery,
    response: page(Checkpoint),
    errors: [],
  },
  listWitnessedCheckpoints: {
    method: 'GET',
    path: '/audit/witnessed',
    summary: 'List the checkpoints of another workspace that this one has countersigned, newest first.',
    action: 'audit:read',
    query: PageQuery.extend({ of: KebabName.describe('The workspace whose log it is.') }),
    response: page(WitnessedCheckpoint),
    errors: [],
  },
  exportAuditLog: {
    method: 'GET',
    path: '/audit/export',
    summary: 'Sign the head and send the whole log as JSON lines: events, checkpoints, countersignatures.',
    action: 'audit:read',
    bytes: 'response',
    response: z.unknown(),
    errors: [],
  },
  proveAuditEvent: {
    method: 'GET',
    path: '/audit/events/{sequence}/proof',
    summary:
      'Prove that an event is in the log: against the last checkpoint that a witness countersigned, else against the last, which is signed first when the event is newer.',
    action: 'audit:read',
    params: z.object({ sequence: z.coerce.number().int().positive() }),
    response: InclusionProof,
    errors: ['audit_event_not_found'],
  },
} as const satisfies Routes
