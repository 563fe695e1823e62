import {
  demandProvenExport,
  EnvelopeError,
  type ExportProof,
  exportProofKey,
  readExportProof,
} from '@airlock-ml/bundle'
import { PlatformError, type TrustedKey } from '@airlock-ml/contract'
import { findWitnessed } from '../checkpoints/store.ts'
import type { Db } from '../db/db.ts'
import type { Deps } from '../deps.ts'
import { readSmall } from '../exchange/read-small.ts'
import { findTrustedKey } from '../trust/store.ts'

/** Larger than any proof that is right. */
const MAX_PROOF_BYTES = 256 * 1024

/** A bundle's digest and the key that signed it, as they were verified. */
export type SignedDigest = { digest: string; keyHint: string }

/** What the exchange holds to show how old a bundle is; looked for only when its key is retired. */
export async function findExportProof(deps: Deps, { digest, keyHint }: SignedDigest): Promise<Uint8Array | null> {
  const key = await findTrustedKey(deps.db, keyHint)
  if (!key?.retiredAt) return null
  return readSmall(deps.exchange, { key: exportProofKey(key.workspace, digest), maxBytes: MAX_PROOF_BYTES })
}

/**
 * Whether the key that signed a bundle still counts, as things stand in this transaction. One that is trusted does; a
 * removed one never. A retired one does for a bundle whose export is in the log of its workspace under a head that this
 * workspace countersigned before the retirement: a thief of the key cannot have put it there.
 * @throws PlatformError `bundle_untrusted`, `bundle_key_retired`
 */
export async function demandBundleKey(
  db: Db,
  { digest, keyHint }: SignedDigest,
  proof: Uint8Array | null,
): Promise<void> {
  const key = await findTrustedKey(db, keyHint)
  if (!key || key.removedAt)
    throw new PlatformError(
      'bundle_untrusted',
      `The key ${keyHint} that signed it was removed at ${key?.removedAt ?? 'an unknown time'}.`,
      { keyHint },
    )
  if (key.retiredAt === null) return
  const why = await whyNotOlder(db, { key, retiredAt: key.retiredAt, digest, proof })
  if (why === null) return
  throw new PlatformError(
    'bundle_key_retired',
    `The key ${keyHint} of ${key.workspace} was retired at ${key.retiredAt}, and nothing shows that the bundle is older: ${why}.`,
    { keyHint, workspace: key.workspace, retiredAt: key.retiredAt },
  )
}

type Shown = { key: TrustedKey; retiredAt: string; digest: string; proof: Uint8Array | null }

async function whyNotOlder(db: Db, { key, retiredAt, digest, proof }: Shown): Promise<string | null> {
  const { workspace } = key
  if (proof === null) return `the exchange has no ${exportProofKey(workspace, digest)}`
  try {
    const shown: ExportProof = readExportProof(proof)
    const head = await findWitnessed(db, workspace, shown.size)
    if (!head) return `this workspace has not countersigned a head of ${shown.size} events of ${workspace}`
    demandProvenExport(shown, { bundleDigest: digest, rootHash: head.root_hash })
    return head.at < retiredAt ? null : `the head that its export is under was countersigned at ${head.at}, not before`
  } catch (error) {
    if (!(error instanceof EnvelopeError)) throw error
    return `its proof does not hold, ${error.message}`
  }
}
