import { shownDeployment } from '../../deployment/print.ts'
import { command } from '../../manifest/command.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'deployment show',
  summary: 'Show a deployment, its settings and what its service said last',
  args: { name: { summary: 'Deployment' } },
  examples: ['airlock deployment show cancer-api --workspace enterprise-production'],
  run: async ({ args, context }) => {
    const { client, project } = await openWorkspace(context)
    return shownDeployment(await client.showDeployment({ project, deployment: args.name }), context)
  },
})
