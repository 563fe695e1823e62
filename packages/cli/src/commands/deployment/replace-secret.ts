import { command } from '../../manifest/command.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'deployment replace-secret',
  summary: 'Give the service of a deployment a new secret; the old one ends at once',
  description:
    'When the secret was lost or seen, or whoever answered for the service has left: you do from then on. The secret is shown once, on stdout. Until the service has it, it goes on by what it was told last.',
  args: { name: { summary: 'Deployment' } },
  examples: ['airlock deployment replace-secret cancer-api --workspace enterprise-production'],
  run: async ({ args, context }) => {
    const { client, project } = await openWorkspace(context)
    const { deployment, serviceSecret } = await client.replaceServiceSecret({ project, deployment: args.name })
    context.note(
      `The service of ${deployment.name} signs in as ${deployment.serviceAccount} with this, shown only now:`,
    )
    return { data: { deployment, serviceSecret }, text: () => serviceSecret }
  },
})
