import { command } from '../../manifest/command.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'service-account disable',
  summary: 'Disable a service account: its keys stop at once',
  args: { name: { summary: 'Name of the service account' } },
  examples: ['airlock service-account disable ci --workspace enterprise-production'],
  run: async ({ args, context }) => {
    const { client, name: workspace } = await openWorkspace(context)
    const disabled = await client.disableIdentity({ name: args.name })
    return { data: disabled, text: () => `${disabled.name} can do nothing more in ${workspace}` }
  },
})
