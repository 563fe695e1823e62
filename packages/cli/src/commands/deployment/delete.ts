import { command } from '../../manifest/command.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'deployment delete',
  summary: 'End a deployment: its service stops, its keys die, its predictions stay traceable',
  args: { name: { summary: 'Deployment' } },
  examples: ['airlock deployment delete cancer-api --workspace enterprise-production'],
  run: async ({ args, context }) => {
    const { client, project, name } = await openWorkspace(context)
    const deleted = await client.deleteDeployment({ project, deployment: args.name })
    return { data: deleted, text: () => `deployment ${deleted.name} of ${name} is no more; its name is free` }
  },
})
