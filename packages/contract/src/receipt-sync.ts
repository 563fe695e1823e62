import { z } from 'zod'
import { VersionNumber } from './models.ts'
import { KebabName, ModelName } from './names.ts'
import { inProject } from './projects.ts'
import { Destination } from './receipts.ts'
import type { Routes } from './route.ts'

/** What a look for receipts brought. */
export const ReceiptSync = z
  .object({
    received: z.array(Destination.extend({ model: ModelName, version: VersionNumber.describe('The number here.') })),
    refused: z
      .array(z.object({ receipt: z.string(), reason: z.string() }))
      .describe('What lies in the exchange as a receipt of ours and is none.'),
    trusted: z.array(KebabName).describe('Workspaces whose receipts are believed.'),
  })
  .meta({ id: 'ReceiptSync', description: 'What a look for receipts brought.' })
export type ReceiptSync = z.infer<typeof ReceiptSync>

export const receiptSyncRoutes = {
  syncReceipts: {
    method: 'POST',
    path: '/projects/{project}/promotions/sync',
    summary: 'Look in the exchange for receipts of this workspace’s bundles. A served workspace does it by itself.',
    action: 'promotion:request',
    params: inProject,
    response: ReceiptSync,
    errors: ['project_not_found', 'exchange_unreachable'],
  },
} as const satisfies Routes
