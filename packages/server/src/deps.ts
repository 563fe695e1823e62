import type { Signer } from '@airlock-ml/bundle'
import type { ObjectStore } from '@airlock-ml/stack'
import type { Db } from './db/db.ts'

/** What every slice is handed by the composition root; tests replace any part. */
export type Deps = {
  workspace: { id: string; name: string }
  db: Db
  /** Blobs of this workspace, by digest. */
  artifacts: ObjectStore
  /** Where signed bundles are written to and read from. */
  exchange: ObjectStore
  /** Signs with the workspace's key. */
  signer: Signer
  /** Secret that API keys are hashed with. */
  pepper: Uint8Array
  /** Private folder for bundles that are being verified. */
  stagingDir: string
  now: () => Date
  /** A UUIDv7. */
  newId: () => string
}
