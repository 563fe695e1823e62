import { isHeld, PlatformError } from '@airlock-ml/contract'
import { heldResult } from '../../change/print.ts'
import { putHere } from '../../deployment/put-here.ts'
import { runService, stopService } from '../../deployment/run-service.ts'
import { folderOfService, readService } from '../../deployment/service-folder.ts'
import { startedResult } from '../../deployment/started-result.ts'
import { command } from '../../manifest/command.ts'
import { compilePipeline } from '../../run/compile-pipeline.ts'
import { paramOption, stackOption } from '../../run/options.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'deployment redeploy',
  summary: 'Compile the pipeline of a deployment anew, and let its service here answer with the code of now',
  description:
    'In the environment that it was deployed for. Name, address, keys and challenger stay; the service is restarted.',
  args: { name: { summary: 'Deployment' } },
  options: { stack: stackOption, param: paramOption, reason: { value: 'TEXT', summary: 'Why, for the record' } },
  examples: ['airlock deployment redeploy cancer-api --reason "Other risk levels" --workspace enterprise-production'],
  run: async ({ args: { name }, options: { stack, param: params, reason }, context }) => {
    const opened = await openWorkspace(context)
    const { client, project, folder, name: workspace } = opened
    const dir = folderOfService(folder, workspace, name)
    const { pipeline, environment, flavor, secret, invokeKey } = await readService(dir, name)
    if (flavor === 'cloud-run')
      throw new PlatformError('flavor_unavailable', `${name} runs in Cloud Run: deploy it again under another name.`)
    const compiled = await compilePipeline(context, { pipeline, environment, stack, params })
    const snapshot = await client.createSnapshot({ project, body: compiled.spec })
    const body = { snapshotId: snapshot.id, reason: reason ?? null }
    const deployment = await client.updateDeployment({ project, deployment: name, body })
    if (isHeld(deployment)) return heldResult(deployment, { context, workspace })
    await stopService(context, { dir, workspace, name })
    const here = await putHere(context, { folder, workspace, deployment, snapshot, secret, invokeKey })
    const { url } = await runService(context, opened, here, { isNew: true })
    return await startedResult(context, { opened, name, url })
  },
})
