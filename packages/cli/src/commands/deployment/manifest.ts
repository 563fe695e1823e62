import { PlatformError } from '@airlock-ml/contract'
import { cloudRunService } from '../../deployment/container/cloud-run.ts'
import { writeImage } from '../../deployment/container/image.ts'
import { addressOf } from '../../deployment/container/workspace-address.ts'
import { folderOfService, readService } from '../../deployment/service-folder.ts'
import { command } from '../../manifest/command.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'deployment manifest',
  summary: 'Print what Cloud Run needs to run the service of a deployment, as YAML',
  description: `It also writes the folder that the image is built from: the code that was deployed, and no secret. The service's secret is
taken from Secret Manager; the deployment must have been made in this project folder, or brought here.`,
  args: { name: { summary: 'Deployment' } },
  options: {
    flavor: { value: 'FLAVOR', choices: ['cloud-run'], default: 'cloud-run', summary: 'Where it is to run' },
    image: { value: 'IMAGE', summary: 'Image that is run, as europe-docker.pkg.dev/P/R/cancer-api:1', required: true },
    secret: { value: 'NAME', summary: 'Secret in Secret Manager (default: airlock-NAME)' },
    url: { value: 'URL', summary: 'Where applications reach the service, once Cloud Run has said so' },
  },
  examples: [
    'airlock deployment manifest cancer-api --image europe-docker.pkg.dev/bank/models/cancer-api:1 --workspace enterprise-production > service.yaml',
  ],
  run: async ({ args: { name }, options: { image, secret, url }, context }) => {
    const { client, project, folder, session, name: workspace } = await openWorkspace(context)
    const dir = folderOfService(folder, workspace, name)
    await readService(dir, name)
    const deployment = await client.showDeployment({ project, deployment: name })
    if (deployment.flavor !== 'cloud-run')
      throw new PlatformError('cli_usage_invalid', `${name} was made with the flavor ${deployment.flavor}.`)
    const built = await writeImage({ dir, projectDir: folder.dir, workspace, name })
    const manifest = cloudRunService({
      ...{ deployment, image, url: url ?? null, secretName: secret ?? `airlock-${name}` },
      workspaceUrl: addressOf(folder, session, workspace),
    })
    const { stringify } = await import('yaml')
    return {
      data: { manifest, context: built },
      text: () => {
        context.note(`The image is built from ${built}, the secret is in ${dir}/service.json`)
        return stringify(manifest).trimEnd()
      },
    }
  },
})
