import { isPlatformError, type TrustPurpose } from '@airlock-ml/contract'
import type { OpenWorkspace } from '../workspace/open.ts'

/**
 * Lets a workspace believe the key of another; false when it does not, because somebody removed that key: such a key
 * does not come back.
 */
export async function applyTrust(
  reader: OpenWorkspace,
  { of: source, purposes }: { of: OpenWorkspace; purposes: TrustPurpose[] },
): Promise<boolean> {
  const { publicKey, keyHint } = await source.client.showWorkspace()
  try {
    await reader.client.addTrustedKey({ body: { workspace: source.name, publicKey, purposes } })
    return true
  } catch (error) {
    if (!isPlatformError(error) || error.code !== 'trusted_key_exists') throw error
    return (await reader.client.showTrustedKey({ keyHint })).removedAt === null
  }
}
