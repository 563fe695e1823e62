import { isPlatformError, type TrustPurpose } from '@airlock-ml/contract'
import type { OpenWorkspace } from '../workspace/open.ts'

/** Lets a workspace believe the key of another. One that was removed does not come back. */
export async function applyTrust(
  reader: OpenWorkspace,
  { of: source, purposes }: { of: OpenWorkspace; purposes: TrustPurpose[] },
): Promise<void> {
  const { publicKey } = await source.client.showWorkspace()
  try {
    await reader.client.addTrustedKey({ body: { workspace: source.name, publicKey, purposes } })
  } catch (error) {
    if (!isPlatformError(error) || error.code !== 'trusted_key_exists') throw error
  }
}
