import { findService, folderOfService, writeService } from '../../deployment/service-folder.ts'
import { command } from '../../manifest/command.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'deployment replace-secret',
  summary: 'Give the service of a deployment a new secret; the old one ends at once',
  description:
    'When the secret was seen, or whoever answered for the service has left: you do from then on. A service on this machine takes it up by itself; for one elsewhere it is shown once, on stdout, and until that has it, it goes on by what it was told last.',
  args: { name: { summary: 'Deployment' } },
  examples: ['airlock deployment replace-secret cancer-api --workspace enterprise-production'],
  run: async ({ args: { name }, context }) => {
    const { client, project, folder, name: workspace } = await openWorkspace(context)
    const { deployment, serviceSecret } = await client.replaceServiceSecret({ project, deployment: name })
    const signsIn = `The service of ${name} signs in as ${deployment.serviceAccount}`
    const dir = folderOfService(folder, workspace, name)
    const here = await findService(dir)
    if (here?.deploymentId === deployment.id) {
      await writeService(dir, { ...here, secret: serviceSecret })
      return { data: { deployment, serviceSecret: null }, text: () => `${signsIn} from now on` }
    }
    context.note(`${signsIn} with this, shown only now:`)
    return { data: { deployment, serviceSecret }, text: () => serviceSecret }
  },
})
