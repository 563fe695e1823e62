import { command } from '../../manifest/command.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'user disable',
  summary: 'Disable a user: their keys, and those of their service accounts, stop at once',
  args: { name: { summary: 'Name of the user' } },
  examples: ['airlock user disable ada --workspace enterprise-production'],
  run: async ({ args, context }) => {
    const { client, name: workspace } = await openWorkspace(context)
    const disabled = await client.disableIdentity({ name: args.name })
    if (disabled.warning) context.note(`warning: ${disabled.warning}`)
    return { data: disabled, text: () => `${disabled.name} can do nothing more in ${workspace}` }
  },
})
