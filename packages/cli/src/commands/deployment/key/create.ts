import { command } from '../../../manifest/command.ts'
import { openWorkspace } from '../../../workspace/open.ts'

export default command({
  name: 'deployment key create',
  summary: 'Make a key that lets an application ask a deployment',
  description: 'The secret is shown once, on stdout. The service knows it within a moment.',
  args: { deployment: { summary: 'Deployment' } },
  options: {
    name: { value: 'NAME', summary: 'Whose key it is, as the name of the application', required: true },
    expires: { value: 'TIME', summary: 'When it ends, as 2027-01-31T00:00:00Z (default: never)' },
  },
  examples: ['airlock deployment key create cancer-api --name clinic-portal --workspace enterprise-production'],
  run: async ({ args, options, context }) => {
    const { client, project } = await openWorkspace(context)
    const body = { name: options.name, expiresAt: options.expires ?? null }
    const { key, secret } = await client.createDeploymentKey({ project, deployment: args.deployment, body })
    context.note(`Key ${key.name} of ${args.deployment}. This is the only time its secret is shown:`)
    return { data: { key, secret }, text: () => secret }
  },
})
