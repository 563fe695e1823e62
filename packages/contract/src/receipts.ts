import { z } from 'zod'
import { Id, KebabName, ModelName, Sha256, Timestamp } from './names.ts'
import { HeldStage } from './stages.ts'

const number = z.int().positive()

/** What a destination signs when an import is completed; its canonical JSON is the payload of the receipt's envelope. */
export const Receipt = z
  .strictObject({
    formatVersion: z.literal(1),
    bundleDigest: Sha256,
    source: z.strictObject({ workspace: KebabName, number }),
    destination: z.strictObject({
      workspace: KebabName,
      project: KebabName,
      model: ModelName,
      number,
      stage: HeldStage,
    }),
    promotionId: Id,
    planDigest: Sha256.nullable(),
    completedAt: Timestamp,
  })
  .meta({ id: 'Receipt', description: 'That an import was completed, in the words of the workspace that did it.' })
export type Receipt = z.infer<typeof Receipt>

/** Where a version lives besides here, as a receipt told. */
export const Destination = z
  .object({
    workspace: KebabName,
    number: number.describe('Its number there.'),
    stage: HeldStage.describe('The stage it entered there.'),
    since: Timestamp.describe('When it entered it.'),
    promotionId: Id.describe('The promotion there.'),
    bundleDigest: Sha256,
    keyHint: Sha256.describe('The key that signed the receipt.'),
    receivedAt: Timestamp,
  })
  .meta({ id: 'Destination', description: 'Where a version lives besides here.' })
export type Destination = z.infer<typeof Destination>
