import { type DeploymentFlavor, isPlatformError } from '@airlock-ml/contract'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import type { Result } from '../output/result.ts'
import { fieldLines } from '../output/show.ts'
import type { OpenWorkspace } from '../workspace/open.ts'
import { readinessOf } from './ask-service.ts'
import { folderOfService, keptInvokeKey } from './service-folder.ts'

type Started = {
  opened: OpenWorkspace
  name: string
  flavor?: DeploymentFlavor
  /** Null where nothing was started. */
  url: string | null
  /** The secret of a key that was made for an application. */
  applicationKey?: string | null
}

/** The result of what starts a service: where it answers, with which version or why with none, and what comes next. */
export async function startedResult(
  context: Context,
  { opened: { client, project, folder, name: workspace }, name, url, flavor = 'local', applicationKey = null }: Started,
): Promise<Result> {
  const key = await keptInvokeKey(folderOfService(folder, workspace, name))
  const readiness = url === null ? null : await readinessOf(url, key)
  // A service starts by what it kept, also while its workspace is away.
  const deployment = await client.showDeployment({ project, deployment: name }).catch((error: unknown) => {
    if (isPlatformError(error) && error.code === 'workspace_unreachable') return null
    throw error
  })
  if (!deployment) context.note(`${workspace} does not answer; ${name} goes by what it was told last`)
  const answers = !readiness
    ? undefined
    : readiness.isReady
      ? `${readiness.model} ${readiness.version}`
      : `nobody yet: ${readiness.why}`
  return {
    data: { deployment, url, ready: readiness?.isReady ?? false, key: applicationKey },
    text: () => {
      const at = `--workspace ${workspace}`
      if (url !== null) context.note(`Try it: airlock deployment invoke ${name} --example ${at}`)
      else if (flavor === 'local') context.note(`Start it: airlock deployment start ${name} ${at}`)
      else context.note(`Run it: airlock deployment manifest ${name} --image IMAGE ${at}`)
      if (applicationKey === null)
        context.note(`A key for an application: airlock deployment key create ${name} --name APPLICATION ${at}`)
      return fieldLines({ name, url: url ?? undefined, answers, key: applicationKey ?? undefined }, context)
    },
    exitCode: exitCodes.done,
  }
}
