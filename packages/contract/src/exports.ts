import { z } from 'zod'
import { BundleRef } from './bundle-ref.ts'
import { inModel, VersionNumber } from './models.ts'
import { KebabName, ModelName, Sha256 } from './names.ts'
import type { Routes } from './route.ts'
import { barred } from './shared-errors.ts'
import { HeldStage } from './stages.ts'

export const Export = z
  .object({
    bundle: BundleRef,
    model: ModelName,
    number: VersionNumber,
    workspace: KebabName,
    keyHint: Sha256,
    files: z.int().positive(),
    sizeBytes: z.int().nonnegative(),
  })
  .meta({ id: 'Export', description: 'A model version written to the exchange as a signed bundle.' })
export type Export = z.infer<typeof Export>

export const exportRoutes = {
  exportModelVersion: {
    method: 'POST',
    path: '/projects/{project}/models/{model}/exports',
    summary: 'Write a version to the exchange as a signed bundle. The same version gives the same bundle.',
    action: 'model:export',
    params: inModel,
    body: z.union([z.strictObject({ stage: HeldStage }), z.strictObject({ number: VersionNumber })]),
    response: Export,
    errors: [
      'project_not_found',
      'model_not_found',
      'model_version_not_found',
      'stage_empty',
      'export_not_possible',
      ...barred,
      'exchange_unreachable',
      'blob_not_found',
      'blob_damaged',
      'store_unreachable',
    ],
  },
} as const satisfies Routes
