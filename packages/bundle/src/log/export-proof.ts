import { canonicalJson } from '../canonical-json.ts'
import { EnvelopeError } from '../envelope.ts'
import { exactFields, exactly, parseJson, sha256Field, string } from '../exact-fields.ts'
import { sizeField, wellFormed } from './checkpoint.ts'
import { leafHash } from './merkle.ts'
import { verifyInclusion } from './proof.ts'

/** Type of the event that tells of an export. */
export const EXPORT_EVENT = 'model-version.exported'

/** That a workspace's log holds the export of a bundle: whoever knows the root of that log at `size` can tell. */
export type ExportProof = {
  formatVersion: 1
  /** The event of the export, byte for byte as its leaf is hashed. */
  entry: string
  sequence: number
  /** Size of the checkpoint it is proved for. */
  size: number
  /** Audit path of RFC 6962, hex, nearest first. */
  path: string[]
}

/** Where a proof lies in the exchange, beside the checkpoints of its workspace. */
export const exportProofKey = (workspace: string, bundleDigest: string): string =>
  `checkpoints/${workspace}/exports/${bundleDigest}.json`

/** The bytes that are published. */
export const exportProofBytes = (proof: ExportProof): Uint8Array => canonicalJson(proof)

/** Throws `EnvelopeError` for what is no proof. It carries no signature: what it says is worth what its root is. */
export const readExportProof = (bytes: Uint8Array): ExportProof =>
  wellFormed('proof', () => {
    const fields = exactFields(parseJson(bytes), 'the proof', {
      required: ['formatVersion', 'entry', 'sequence', 'size', 'path'],
    })
    exactly(fields.formatVersion, 'formatVersion', 1)
    if (!Array.isArray(fields.path) || fields.path.length > 64)
      throw new Error('path is not a list of at most 64 hashes')
    return {
      formatVersion: 1,
      entry: string(fields.entry, 'entry'),
      sequence: sizeField(fields.sequence, 'sequence'),
      size: sizeField(fields.size, 'size'),
      path: fields.path.map((hash) => sha256Field(hash, 'path')),
    }
  })

/** Throws `EnvelopeError` unless the proof shows that the log under this root tells of the export of the bundle. */
export const demandProvenExport = (
  proof: ExportProof,
  { bundleDigest, rootHash }: { bundleDigest: string; rootHash: string },
): void => {
  const { entry, sequence, size, path } = proof
  const bytes = Buffer.from(entry)
  const place = { index: sequence - 1, size, leaf: leafHash(bytes) }
  const hashes = path.map((hash) => Buffer.from(hash, 'hex'))
  if (!verifyInclusion(place, hashes, Buffer.from(rootHash, 'hex')))
    throw new EnvelopeError('malformed', `its event is not the ${sequence}. of the ${size} under the head`)
  const event = parseJson(bytes) as { type?: unknown; outcome?: unknown; after?: { digest?: unknown } | null }
  if (event.type !== EXPORT_EVENT || event.outcome !== 'done' || event.after?.digest !== bundleDigest)
    throw new EnvelopeError('malformed', 'it tells of something else than the export of this bundle')
}
