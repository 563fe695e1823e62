import type { Client } from '@airlock-ml/client'
import { type ArtifactRef, PlatformError } from '@airlock-ml/contract'

/** The bytes of an artifact version in memory; throws `blob_damaged` when they are not what was recorded. */
export async function readArtifact(
  client: Client,
  { project, digest, sizeBytes }: Pick<ArtifactRef, 'digest' | 'sizeBytes'> & { project: string },
): Promise<Uint8Array> {
  const { readWhole, sha256Hex } = await import('@airlock-ml/stack')
  const damaged = () => new PlatformError('blob_damaged', `The bytes that came are not those with SHA-256 ${digest}.`)
  const bytes = await readWhole(await client.getBlob({ project, sha256: digest }), sizeBytes, damaged)
  if (sha256Hex(bytes) === digest) return bytes
  throw damaged()
}
