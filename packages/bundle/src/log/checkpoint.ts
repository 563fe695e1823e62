import { canonicalJson } from '../canonical-json.ts'
import { EnvelopeError, signEnvelope, type TrustedSigner, verifyEnvelope } from '../envelope.ts'
import { exactFields, exactly, parseJson, sha256Field, string } from '../exact-fields.ts'
import type { Signer } from '../signing.ts'

/** Payload type of a checkpoint. */
export const checkpointPayloadType = 'application/vnd.airlock.checkpoint+json'

/** The head of an audit log at one moment, as its workspace signs it. */
export type Checkpoint = {
  formatVersion: 1
  workspace: string
  /** How many events the log has. */
  size: number
  /** Root of the tree over them, hex. */
  rootHash: string
  /** When it was signed, ISO 8601 UTC. */
  at: string
  /** Size of the checkpoint before; 0 for the first. */
  previousSize: number
  /** Proof that the events of the checkpoint before are the beginning of these, unchanged: hashes, hex. */
  consistency: string[]
}

/** A checkpoint whose signature holds, and the hint of the key that made it. */
export type SignedCheckpoint = Checkpoint & { keyHint: string }

/** Where a checkpoint lies in the exchange; only its own workspace writes below `checkpoints/NAME/`. */
export const checkpointKey = (workspace: string, size: number): string =>
  `checkpoints/${workspace}/${String(size).padStart(12, '0')}.json`

/** Signs a checkpoint: the bytes that are published. */
export const signCheckpoint = (checkpoint: Checkpoint, signer: Signer): Promise<Uint8Array> =>
  signEnvelope(canonicalJson(checkpoint), { payloadType: checkpointPayloadType, signer })

/** A checkpoint that a trusted key of its own workspace signed. Throws `EnvelopeError`. */
export const readCheckpoint = (bytes: Uint8Array, trustedKeys: readonly TrustedSigner[]): SignedCheckpoint => {
  const signed = verifyEnvelope(bytes, { payloadType: checkpointPayloadType, trustedKeys })
  const checkpoint = wellFormed('checkpoint', () => parseCheckpoint(signed.payload))
  if (checkpoint.workspace !== signed.workspace) throw wrongSigner(checkpoint.workspace, signed)
  return { ...checkpoint, keyHint: signed.keyHint }
}

const parseCheckpoint = (payload: Uint8Array): Checkpoint => {
  const fields = exactFields(parseJson(payload), 'the checkpoint', {
    required: ['formatVersion', 'workspace', 'size', 'rootHash', 'at', 'previousSize', 'consistency'],
  })
  exactly(fields.formatVersion, 'formatVersion', 1)
  if (!Array.isArray(fields.consistency) || fields.consistency.length > 128)
    throw new Error('consistency is not a list of at most 128 hashes')
  const size = sizeField(fields.size, 'size')
  const previousSize = sizeField(fields.previousSize, 'previousSize')
  if (previousSize >= size) throw new Error('previousSize is not below size')
  return {
    formatVersion: 1,
    workspace: string(fields.workspace, 'workspace'),
    size,
    rootHash: sha256Field(fields.rootHash, 'rootHash'),
    at: momentField(fields.at, 'at'),
    previousSize,
    consistency: fields.consistency.map((hash) => sha256Field(hash, 'consistency')),
  }
}

/** Runs `parse` on a payload whose signature holds; what it throws becomes `malformed`. */
export const wellFormed = <T>(what: string, parse: () => T): T => {
  try {
    return parse()
  } catch (error) {
    throw new EnvelopeError('malformed', `the ${what} is not one: ${error instanceof Error ? error.message : error}`)
  }
}

export const wrongSigner = (named: string, signed: { keyHint: string; workspace: string }): EnvelopeError =>
  new EnvelopeError(
    'unknown_key',
    `it speaks for ${named}, but its key ${signed.keyHint} is one of ${signed.workspace}`,
    signed.keyHint,
  )

export const sizeField = (value: unknown, where: string): number => {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw new Error(`${where} is not a size`)
  return value
}

export const momentField = (value: unknown, where: string): string => {
  const text = string(value, where)
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text)) throw new Error(`${where} is not a moment in UTC`)
  return text
}
