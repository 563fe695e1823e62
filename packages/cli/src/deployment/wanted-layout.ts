import type { Client } from '@airlock-ml/client'
import { isPlatformError } from '@airlock-ml/contract'
import type { ServiceLayout } from '@airlock-ml/serving'

/**
 * Where a deployment wants its service to listen, which may have changed while that did not run. Undefined where the
 * workspace does not answer: then the service goes by what it was told last.
 */
export async function wantedLayout(
  client: Client,
  deployment: { project: string; deployment: string },
): Promise<ServiceLayout | undefined> {
  try {
    const { host, port, processes } = (await client.showDeployment(deployment)).settings
    return { host, port, processes }
  } catch (error) {
    if (isPlatformError(error) && error.code === 'workspace_unreachable') return undefined
    throw error
  }
}
