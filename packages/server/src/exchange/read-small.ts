import { EnvelopeError } from '@airlock-ml/bundle'
import { type ObjectStore, ObjectStoreError, readWhole } from '@airlock-ml/stack'

/**
 * A signed file of the exchange, whole. Null for what is not there, or no longer; empty, so that it is refused as
 * unsigned, for what is longer than `maxBytes` or no file.
 */
export async function readSmall(
  exchange: ObjectStore,
  { key, maxBytes }: { key: string; maxBytes: number },
): Promise<Uint8Array | null> {
  try {
    const tooLong = () => new EnvelopeError('malformed', 'it is too long')
    return await readWhole(await exchange.read(key), maxBytes, tooLong)
  } catch (error) {
    if (error instanceof ObjectStoreError && error.reason === 'not_found') return null
    const isRefusal =
      error instanceof EnvelopeError || (error instanceof ObjectStoreError && error.reason === 'not_a_file')
    if (isRefusal) return new Uint8Array()
    throw error
  }
}
