import { z } from 'zod'
import { KebabName, Reason, Sha256, Timestamp } from './names.ts'
import type { Routes } from './route.ts'

/** A signing key that a workspace has or had; its private half never leaves it. */
export const SigningKey = z
  .object({
    keyHint: Sha256.describe("SHA-256 of the public key's PEM text, as signatures name it."),
    publicKey: z.string().describe('SPKI PEM, ECDSA P-256.'),
    validFrom: Timestamp,
    retiredAt: Timestamp.nullable().describe('When another took its place; null for the key that signs now.'),
  })
  .meta({ id: 'SigningKey', description: 'A signing key that a workspace has or had.' })
export type SigningKey = z.infer<typeof SigningKey>

/** A workspace: its own server, database, artifact store, signing key and audit log. */
export const Workspace = z
  .object({
    name: KebabName,
    publicKey: z.string().describe('Public signing key, SPKI PEM.'),
    keyHint: Sha256.describe("SHA-256 of the public key's PEM text, as signatures name it."),
    keys: z.array(SigningKey).describe('Every signing key it ever had, in order; the last signs now.'),
    createdAt: Timestamp,
    fourEyes: z.boolean().describe('Whether acts that loosen something take a second person, once there is one.'),
    fourEyesSince: Timestamp.nullable().describe('When that came into force; null while one admin sets it up.'),
    recoveries: z
      .array(z.object({ at: Timestamp, event: z.int().positive().describe('Number of the audit event.') }))
      .describe('When the owner of its files made an admin without a second person. It stays here for ever.'),
    version: z.string().describe('Version of the server.'),
  })
  .meta({ id: 'Workspace', description: 'A workspace and its public signing key.' })
export type Workspace = z.infer<typeof Workspace>

/** Something `airlock workspace check` found wrong. */
export const Finding = z.object({
  kind: z.enum([
    'blob_missing',
    'blob_damaged',
    'blob_orphaned',
    'stage_inconsistent',
    'history_inconsistent',
    'run_inconsistent',
    'promotion_inconsistent',
    'approval_inconsistent',
    'event_missing',
    'event_changed',
    'log_inconsistent',
    'upload_abandoned',
    'staging_abandoned',
    'export_abandoned',
    'lease_stale',
    'signing_key_abandoned',
    'exchange_unreachable',
  ]),
  subject: z.string(),
  detail: z.string(),
  sizeBytes: z.int().nonnegative().optional().describe('Space that an orphan takes.'),
})
export const WorkspaceCheck = z
  .object({
    consistent: z.boolean(),
    findings: z.array(Finding),
    checked: z.record(z.string(), z.number().int()).describe('How many of each thing were looked at.'),
  })
  .meta({ id: 'WorkspaceCheck', description: 'Whether database, artifact store and audit log agree.' })
export type WorkspaceCheck = z.infer<typeof WorkspaceCheck>
export type Finding = z.infer<typeof Finding>

/** What a repair removed, or would remove. */
export const WorkspaceRepair = z
  .object({
    dryRun: z.boolean(),
    removed: z.array(Finding).describe('For a dry run what would be removed.'),
    spared: z.array(Finding).describe('What may be in flight: too young, or somebody works on it.'),
    sizeBytes: z.int().nonnegative().describe('Space of what was removed.'),
  })
  .meta({ id: 'WorkspaceRepair', description: 'What a repair removed, or would remove.' })
export type WorkspaceRepair = z.infer<typeof WorkspaceRepair>

export const workspaceRoutes = {
  showWorkspace: {
    method: 'GET',
    path: '/workspace',
    summary: 'Show the workspace and its public signing key.',
    action: 'public',
    response: Workspace,
    errors: [],
  },
  rotateSigningKey: {
    method: 'POST',
    path: '/workspace/signing-keys',
    summary: 'Make a new signing key. The one before signs nothing more but that this one comes after it.',
    action: 'workspace:rotate-key',
    body: z.object({ reason: Reason.nullable().default(null) }),
    response: z.object({ retired: SigningKey, inForce: SigningKey }),
    errors: ['signing_key_rotated'],
  },
  checkWorkspace: {
    method: 'POST',
    path: '/workspace/check',
    summary: 'Check that database, artifact store and audit log agree.',
    action: 'workspace:check',
    response: WorkspaceCheck,
    errors: [],
  },
  repairWorkspace: {
    method: 'POST',
    path: '/workspace/repair',
    summary:
      'Remove orphans: bytes nothing refers to, staged copies of ended promotions, what killed uploads and exports left, stale leases. What may be in flight is spared.',
    action: 'workspace:repair',
    body: z.object({ dryRun: z.boolean().default(false) }),
    response: WorkspaceRepair,
    errors: ['exchange_unreachable'],
  },
} as const satisfies Routes
