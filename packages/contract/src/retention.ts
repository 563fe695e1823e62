import { z } from 'zod'
import { Sha256 } from './names.ts'
import { inProject } from './projects.ts'
import type { Routes } from './route.ts'

/** Why garbage collection spares bytes, the first reason that holds, in this order. */
export const KeepReason = z
  .enum([
    'recent',
    'keep-tag',
    'model-version',
    'stage-or-export',
    'imported-bundle',
    'open-promotion',
    'comparison',
    'recall',
    'running-run',
    'prediction-log',
    'pipeline',
    'newest-of-name',
  ])
  .meta({ id: 'KeepReason', description: 'Why garbage collection spares bytes.' })
export type KeepReason = z.infer<typeof KeepReason>

const Amount = z.object({ count: z.int().nonnegative(), sizeBytes: z.int().nonnegative() })

/** What a garbage collection took, or would take, and why it left the rest. */
export const Collection = z
  .object({
    dryRun: z.boolean(),
    collected: Amount.describe('Bytes, each counted once however many artifacts share them.'),
    artifacts: z
      .array(z.object({ digest: Sha256, sizeBytes: z.int().nonnegative(), names: z.array(z.string()) }))
      .describe('The first 200 of what was collected, each with up to 10 artifacts, as `customers/3`.'),
    kept: z.partialRecord(KeepReason, Amount).describe('By the first reason that holds.'),
    waiting: z
      .int()
      .nonnegative()
      .describe(
        'Deleted, but still in the store: somebody may be at work on the same bytes. The next collection removes them.',
      ),
  })
  .meta({ id: 'Collection', description: 'What a garbage collection took, and why it left the rest.' })
export type Collection = z.infer<typeof Collection>

const HOUR_SECONDS = 3_600

export const retentionRoutes = {
  collectArtifacts: {
    method: 'POST',
    path: '/projects/{project}/artifacts/collect',
    summary:
      'Delete the bytes of artifacts that nothing needs. Their rows and the lineage stay; who stores the same bytes again brings them back.',
    action: 'artifact:collect',
    params: inProject,
    body: z.object({
      olderThanSeconds: z
        .int()
        .min(HOUR_SECONDS)
        .max(100 * 365 * 24 * HOUR_SECONDS)
        .default(30 * 24 * HOUR_SECONDS)
        .describe('Made, stored, asked for or read later than this long ago is `recent`.'),
      dryRun: z.boolean().default(false),
    }),
    response: Collection,
    errors: ['project_not_found', 'store_unreachable'],
  },
} as const satisfies Routes
