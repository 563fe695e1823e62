import { z } from 'zod'
import { VersionNumber } from './models.ts'
import { Id, KebabName, ModelName, Sha256, Timestamp } from './names.ts'

/** A commit as git names it, whole. */
export const CommitSha = z
  .string()
  .regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/, 'must be a whole commit: 40 or 64 lower-case hexadecimal characters')
  .meta({ id: 'CommitSha', description: 'A whole git commit.' })

/** A standing refusal of one version, one artifact's bytes or one commit, and of all that descends from it. */
export const Recall = z
  .object({
    id: Id,
    project: KebabName,
    kind: z.enum(['version', 'artifact', 'commit']),
    model: ModelName.nullable(),
    number: VersionNumber.nullable().describe('Its number here.'),
    source: z.object({ workspace: KebabName, number: VersionNumber }).nullable().describe('Where it was trained.'),
    digest: Sha256.nullable().describe('Of the artifact, or of the version’s model file.'),
    commit: CommitSha.nullable(),
    reason: z.string(),
    at: Timestamp,
    by: z.string(),
  })
  .meta({ id: 'Recall', description: 'A standing refusal of a version, artifact or commit and what descends from it.' })
export type Recall = z.infer<typeof Recall>
