import type { Client } from '@airlock-ml/client'
import { isPlatformError } from '@airlock-ml/contract'
import { keptTarget, supervisorOf } from '@airlock-ml/serving'
import { readService, serviceFiles, writeService } from './service-folder.ts'

/**
 * Lets a service that does not run start by the settings of now, so that it listens at once where they say. Where the
 * workspace does not answer it goes by what it was told last.
 */
export async function keepSettings(
  client: Client,
  { dir, project, name }: { dir: string; project: string; name: string },
): Promise<void> {
  if (await supervisorOf(dir)) return
  const deployment = await client.showDeployment({ project, deployment: name }).catch((error: unknown) => {
    if (isPlatformError(error) && error.code === 'workspace_unreachable') return null
    throw error
  })
  if (!deployment) return
  const { settings } = deployment
  const { host, port, processes } = settings
  await writeService(dir, { ...(await readService(dir, name)), layout: { host, port, processes } })
  const kept = keptTarget(serviceFiles(dir).target)
  const told = await kept.read()
  // Its revision stays, so that the service asks for the rest.
  if (told) await kept.write({ ...told, settings })
}
