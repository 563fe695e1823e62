import type { Deployment, Snapshot } from '@airlock-ml/contract'
import { codeOf, loadConfig, pipelineFile } from '@airlock-ml/sdk'
import type { Context } from '../context.ts'
import type { ProjectFolder } from '../project/config.ts'
import { folderOfService, keepCode, writeService } from './service-folder.ts'
import type { ServiceHere } from './supervise-service.ts'

type Put = {
  folder: ProjectFolder
  workspace: string
  deployment: Deployment
  snapshot: Snapshot
  secret: string
  invokeKey: string | null
}

/** Puts what the service of a deployment is started by into its folder here: its code, its parameters, its secret. */
export async function putHere(
  context: Context,
  { folder, workspace, deployment, snapshot, secret, invokeKey }: Put,
): Promise<ServiceHere> {
  const { projectDir, config } = await loadConfig(folder.dir)
  const { name, project, id: deploymentId, flavor, settings } = deployment
  const { id: snapshotId, spec } = snapshot
  const dir = folderOfService(folder, workspace, name)
  if ((await codeOf(projectDir)).digest !== spec.code.digest)
    context.note(
      context.colours.yellow('The code here is not that of the snapshot; the service answers with this one.'),
    )
  const driftHooks = spec.hooks.drift ?? []
  const entries = [await pipelineFile(projectDir, config, spec.pipeline), ...driftHooks]
  const code = await keepCode(dir, { projectDir, snapshotId, entries })
  const { host, port, processes } = settings
  await writeService(dir, {
    ...{
      workspace,
      project,
      deployment: name,
      deploymentId,
      flavor,
      pipeline: spec.pipeline,
      pipelines: config.pipelines,
    },
    ...{ snapshotId, environment: spec.environment, parameters: spec.parameters, driftHooks, code },
    ...{ layout: { host, port, processes }, secret, invokeKey },
  })
  return { dir, projectDir, workspace, name }
}
