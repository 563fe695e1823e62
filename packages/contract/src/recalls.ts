import { z } from 'zod'
import { ModelVersion, VersionNumber } from './models.ts'
import { ArtifactName, Id, KebabName, ModelName, Reason, Sha256, Timestamp } from './names.ts'
import { PageQuery, page } from './page.ts'
import { inProject } from './projects.ts'
import { PromotionState } from './promotions.ts'
import type { Routes } from './route.ts'
import { RunStatus } from './runs.ts'
import { HeldStage } from './stages.ts'

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
    number: VersionNumber.nullable().describe('Its number here; null when no such version is here.'),
    source: z.object({ workspace: KebabName, number: VersionNumber }).nullable().describe('Where it was trained.'),
    digest: Sha256.nullable().describe('Of the artifact, or of the version’s model file.'),
    commit: CommitSha.nullable(),
    reason: z.string(),
    at: Timestamp,
    by: z.string(),
    origin: z
      .object({ workspace: KebabName, recallId: Id })
      .describe('The workspace whose people recalled it, and its id there.'),
    lifted: z
      .object({ at: Timestamp, by: z.string(), reason: z.string() })
      .nullable()
      .describe('Null while it stands.'),
  })
  .meta({ id: 'Recall', description: 'A standing refusal of a version, artifact or commit and what descends from it.' })
export type Recall = z.infer<typeof Recall>

const noticed = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('version'),
    model: ModelName,
    source: z.strictObject({ workspace: KebabName, number: VersionNumber }),
    digest: Sha256,
  }),
  z.strictObject({ kind: z.literal('artifact'), digest: Sha256 }),
  z.strictObject({ kind: z.literal('commit'), commit: CommitSha }),
])

/**
 * What a workspace signs when its people recall or lift a recall; its canonical JSON is the payload of the notice's
 * envelope. A workspace numbers its notices 1, 2, 3 …, so that one that was withheld leaves a gap.
 */
export const RecallNotice = z
  .strictObject({
    formatVersion: z.literal(1),
    workspace: KebabName,
    sequence: z.int().positive(),
    act: z.enum(['issued', 'lifted']),
    recallId: Id,
    project: KebabName,
    target: noticed,
    reason: Reason,
    at: Timestamp,
    by: z.string().min(1).max(200),
  })
  .meta({
    id: 'RecallNotice',
    description: 'That a recall was issued or lifted, in the words of the workspace that did.',
  })
export type RecallNotice = z.infer<typeof RecallNotice>

/** What is recalled: a version of this workspace, the bytes of an artifact, or a commit. The latter two need not be here. */
export const RecallTarget = z.union([
  z.strictObject({ model: ModelName, number: VersionNumber }),
  z.strictObject({ artifact: Sha256 }),
  z.strictObject({ commit: CommitSha }),
])
export type RecallTarget = z.infer<typeof RecallTarget>

/** How many of each thing a list of `reach` names at most; `counts` has them all. */
export const MAX_REACH_ITEMS = 1_000

/** Everything in this workspace that descends from what was recalled. Each list holds at most `MAX_REACH_ITEMS`. */
export const RecallReach = z
  .object({
    versions: z.array(
      ModelVersion.pick({ id: true, model: true, number: true, stage: true, digest: true, source: true, marks: true }),
    ),
    artifacts: z.array(z.object({ id: Id, name: ArtifactName, version: z.int().positive(), digest: Sha256 })),
    runs: z.array(
      z.object({
        id: Id,
        pipeline: z.string(),
        status: RunStatus,
        startedAt: Timestamp,
        use: z
          .enum(['trained', 'consumed', 'imported', 'read'])
          .describe('Trained a version, used one (to predict, to compare), imported one, or only read an artifact.'),
      }),
    ),
    comparisons: z
      .array(
        z.object({
          runId: Id,
          workspace: KebabName,
          model: ModelName,
          champion: VersionNumber,
          challenger: VersionNumber,
        }),
      )
      .describe('Comparisons that rest on it, with the numbers of their workspace: they are no evidence from now on.'),
    deployments: z
      .array(
        z.object({
          id: Id,
          name: KebabName,
          deletedAt: Timestamp.nullable(),
          model: ModelName,
          number: VersionNumber,
          answersNow: z.boolean().describe('Whether its service said last that it answers with this version.'),
          predictions: z.int().describe('Answers that were given and are in the prediction log, removed parts too.'),
          unheard: z.int().describe('Answers of a shadow, which nobody got.'),
          firstAt: Timestamp.nullable().describe('Null while none has come to the log.'),
          lastAt: Timestamp.nullable(),
        }),
      )
      .describe('Deployments that answered with a reached version, deleted ones too, the most predictions first.'),
    bundles: z.array(z.object({ digest: Sha256, model: ModelName, number: VersionNumber })),
    promotions: z.array(z.object({ id: Id, model: ModelName, stage: HeldStage, state: PromotionState })),
    holders: z
      .array(z.object({ model: ModelName, number: VersionNumber, stage: HeldStage, remedy: z.string() }))
      .describe('Versions that hold a stage now. They go on holding it until people roll back.'),
    counts: z.object({
      versions: z.int(),
      artifacts: z.int(),
      runs: z.int(),
      consumingRuns: z.int().describe('Runs that used a reached version: their predictions rest on it.'),
      comparisons: z.int(),
      deployments: z.int(),
      predictions: z.int().describe('Answers that these deployments gave: they rest on it.'),
      bundles: z.int(),
      promotions: z.int(),
    }),
  })
  .meta({ id: 'RecallReach', description: 'Everything here that descends from what was recalled.' })
export type RecallReach = z.infer<typeof RecallReach>

export const RecallResult = z
  .object({
    dryRun: z.boolean(),
    recall: Recall.nullable().describe('Null for a dry run of what is not recalled yet.'),
    reach: RecallReach,
  })
  .meta({ id: 'RecallResult', description: 'A recall and its reach.' })
export type RecallResult = z.infer<typeof RecallResult>

/** What a look for the recalls of other workspaces brought. */
export const RecallSync = z
  .object({
    received: z.array(
      z.object({
        act: RecallNotice.shape.act,
        recall: Recall,
        counts: RecallReach.shape.counts,
        holders: RecallReach.shape.holders,
      }),
    ),
    refused: z
      .array(z.object({ notice: z.string(), reason: z.string() }))
      .describe('What lies in the exchange as a recall and is none.'),
    missing: z
      .array(z.object({ workspace: KebabName, sequence: z.int().positive() }))
      .describe('Notices that are not there though later ones are: late, or withheld.'),
    trusted: z.array(KebabName).describe('Workspaces whose recalls are believed.'),
  })
  .meta({ id: 'RecallSync', description: 'What a look for the recalls of other workspaces brought.' })
export type RecallSync = z.infer<typeof RecallSync>

const inRecall = inProject.extend({ recallId: Id })

export const recallRoutes = {
  recall: {
    method: 'POST',
    path: '/projects/{project}/recalls',
    summary:
      'Recall a version, the bytes of an artifact or a commit, and all that descends from it: none of it is promoted, exported, imported or rolled back to again. The same again answers with the standing recall.',
    action: 'model:recall',
    params: inProject,
    body: z.object({ target: RecallTarget, reason: Reason, dryRun: z.boolean().default(false) }),
    response: RecallResult,
    errors: ['project_not_found', 'model_not_found', 'model_version_not_found'],
  },
  listRecalls: {
    method: 'GET',
    path: '/projects/{project}/recalls',
    summary: 'List the recalls, newest first; lifted ones and those of other workspaces included.',
    action: 'model:read',
    params: inProject,
    query: PageQuery,
    response: page(Recall),
    errors: ['project_not_found'],
  },
  showRecall: {
    method: 'GET',
    path: '/projects/{project}/recalls/{recallId}',
    summary: 'Show a recall and what it reaches now.',
    action: 'model:read',
    params: inRecall,
    response: RecallResult,
    errors: ['project_not_found', 'recall_not_found'],
  },
  liftRecall: {
    method: 'POST',
    path: '/projects/{project}/recalls/{recallId}/lift',
    summary:
      'Lift a recall, by another person than who recalled. What another standing recall reaches, or was rejected or rolled back, stays barred.',
    action: 'model:lift-recall',
    params: inRecall,
    body: z.object({ reason: Reason }),
    response: RecallResult,
    errors: ['project_not_found', 'recall_not_found', 'lift_by_recaller'],
  },
  syncRecalls: {
    method: 'POST',
    path: '/projects/{project}/recalls/sync',
    summary: 'Look in the exchange for recalls of other workspaces. A served workspace does it by itself.',
    action: 'model:recall',
    params: inProject,
    response: RecallSync,
    errors: ['project_not_found', 'exchange_unreachable'],
  },
} as const satisfies Routes
