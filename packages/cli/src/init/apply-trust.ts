import { isHeld, isPlatformError, type TrustPurpose } from '@airlock-ml/contract'
import { heldText } from '../change/print.ts'
import type { OpenWorkspace } from '../workspace/open.ts'

/**
 * Lets a workspace believe the key of another. Null when it does; else why not: it takes a second person, or somebody
 * removed that key, and such a key does not come back.
 */
export async function applyTrust(
  reader: OpenWorkspace,
  { of: source, purposes }: { of: OpenWorkspace; purposes: TrustPurpose[] },
): Promise<string | null> {
  const { publicKey, keyHint } = await source.client.showWorkspace()
  try {
    const added = await reader.client.addTrustedKey({ body: { workspace: source.name, publicKey, purposes } })
    return isHeld(added) ? heldText(added.change, reader.name) : null
  } catch (error) {
    if (!isPlatformError(error) || error.code !== 'trusted_key_exists') throw error
    const { removedAt } = await reader.client.showTrustedKey({ keyHint })
    return removedAt === null ? null : 'its key was removed, and does not come back'
  }
}
