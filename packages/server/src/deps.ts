import type { Signer } from '@airlock-ml/bundle'
import type { ObjectStore } from '@airlock-ml/stack'
import type { Bell } from './bell.ts'
import type { Db } from './db/db.ts'
import type { Scorers } from './scoring/scorers.ts'

/** Where the private halves of the workspace's signing keys are kept. */
export type SigningKeys = {
  /** Makes a key and keeps it, durably; nothing uses it yet. */
  create: () => Promise<Signer>
  /** The key of this hint, which is in force: what was kept of another is given up. */
  open: (keyHint: string) => Promise<Signer>
  /** Keys that were made and are not in place, and what a cut-off making left; that has no hint. */
  listBeside: () => Promise<{ name: string; keyHint: string | null; sizeBytes: number; ageMs: number }[]>
  removeBeside: (name: string) => Promise<void>
}

/** What every slice is handed by the composition root; tests replace any part. */
export type Deps = {
  workspace: { id: string; name: string }
  db: Db
  /** Blobs of this workspace, by digest. */
  artifacts: ObjectStore
  /** Where signed bundles are written to and read from. */
  exchange: ObjectStore
  /** Signs with the workspace's key. Replaced when it is rotated: whoever signs asks `currentSigner`. */
  signer: Signer
  signingKeys: SigningKeys
  /** Secret that API keys are hashed with. */
  pepper: Uint8Array
  /** Private folder for bundles that are being verified. */
  stagingDir: string
  /** Processes that score models from elsewhere. */
  scorers: Scorers
  /** Rung where something may have changed here, for whoever waits for that. */
  bell: Bell
  now: () => Date
  /** A UUIDv7. */
  newId: () => string
}
