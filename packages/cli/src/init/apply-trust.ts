import { isPlatformError } from '@airlock-ml/contract'
import type { OpenWorkspace } from '../workspace/open.ts'

/** Lets a workspace accept the bundles of another. A key that is known already is left as it is, also a removed one. */
export async function applyTrust(reader: OpenWorkspace, source: OpenWorkspace): Promise<void> {
  const { publicKey } = await source.client.showWorkspace()
  try {
    await reader.client.addTrustedKey({ body: { workspace: source.name, publicKey } })
  } catch (error) {
    if (!isPlatformError(error) || error.code !== 'trusted_key_exists') throw error
  }
}
