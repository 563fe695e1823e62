import { z } from 'zod'
import { Sha256 } from './names.ts'

export const BundleUri = z.string().min(1).max(2_000)

export const BundleRef = z
  .object({ uri: BundleUri, digest: Sha256.describe("SHA-256 of the manifest's bytes.") })
  .meta({ id: 'BundleRef', description: 'A signed bundle in the exchange.' })
export type BundleRef = z.infer<typeof BundleRef>
