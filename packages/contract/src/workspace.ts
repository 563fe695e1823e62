import { z } from 'zod'
import { KebabName, Sha256, Timestamp } from './names.ts'
import type { Routes } from './route.ts'

/** A workspace: its own server, database, artifact store, signing key and audit log. */
export const Workspace = z
  .object({
    name: KebabName,
    publicKey: z.string().describe('Public signing key, SPKI PEM.'),
    keyHint: Sha256.describe("SHA-256 of the public key's PEM text, as signatures name it."),
    createdAt: Timestamp,
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
    'event_missing',
    'event_changed',
    'log_inconsistent',
    'upload_abandoned',
  ]),
  subject: z.string(),
  detail: z.string(),
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

export const workspaceRoutes = {
  showWorkspace: {
    method: 'GET',
    path: '/workspace',
    summary: 'Show the workspace and its public signing key.',
    action: 'public',
    response: Workspace,
    errors: [],
  },
  checkWorkspace: {
    method: 'POST',
    path: '/workspace/check',
    summary: 'Check that database, artifact store and audit log agree.',
    action: 'workspace:check',
    response: WorkspaceCheck,
    errors: [],
  },
} as const satisfies Routes
