import { type DeploymentFlavor, PlatformError } from '@airlock-ml/contract'
import { stopSupervisor } from '@airlock-ml/serving'
import type { Context } from '../context.ts'
import type { OpenWorkspace } from '../workspace/open.ts'
import { removeFromDocker, runInDocker, stopInDocker } from './container/docker.ts'
import { addressOf } from './container/workspace-address.ts'
import { keepSettings } from './keep-settings.ts'
import { readService } from './service-folder.ts'
import { type ServiceHere, startHere } from './supervise-service.ts'

/**
 * Starts a service on this machine, as its flavor is run, and resolves with its address; `isNew` says that its code was put
 * here just now.
 * @throws PlatformError `deployment_not_here`, `deployment_runs`, `service_not_started`, `flavor_unavailable`
 */
export async function runService(
  context: Context,
  { client, project, folder, session, name: workspace }: OpenWorkspace,
  here: ServiceHere,
  { isNew = false }: { isNew?: boolean } = {},
): Promise<{ url: string | null }> {
  const { flavor } = await readService(here.dir, here.name)
  if (flavor === 'local') {
    await keepSettings(client, { dir: here.dir, project, name: here.name })
    return await startHere(context, here)
  }
  if (flavor === 'docker')
    return await runInDocker(context, { here, isNew, workspaceUrl: addressOf(folder, session, workspace) })
  throw new PlatformError(
    'flavor_unavailable',
    `${here.name} runs in Cloud Run, which starts it: see \`airlock deployment manifest ${here.name}\`.`,
  )
}

type Named = Pick<ServiceHere, 'dir' | 'workspace' | 'name'>

/** Stops a service on this machine, with what it has begun answered, also one whose file was damaged. False where it did not run. */
export async function stopService(context: Context, here: Named): Promise<boolean> {
  const isInDocker = (await flavorHere(here)) === 'docker'
  return isInDocker ? await stopInDocker(context, here) : await stopSupervisor(here.dir)
}

/** Takes away what a flavor keeps of a service outside its folder; what cannot be taken away is told, and no error. */
export async function removeService(context: Context, here: Named): Promise<void> {
  if ((await flavorHere(here)) !== 'docker') return
  await removeFromDocker(context, here).catch((error: Error) => context.note(`Its container stays: ${error.message}`))
}

const flavorHere = ({ dir, name }: Named): Promise<DeploymentFlavor> =>
  readService(dir, name).then(
    ({ flavor }) => flavor,
    () => 'local',
  )
