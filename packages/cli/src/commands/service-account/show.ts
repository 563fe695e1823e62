import { command } from '../../manifest/command.ts'
import { rolesText, shown } from '../../output/show.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'service-account show',
  summary: 'Show a service account',
  args: { name: { summary: 'Service account' } },
  examples: ['airlock service-account show ci --workspace enterprise-production'],
  run: async ({ args, context }) => {
    const { client } = await openWorkspace(context)
    const account = await client.showServiceAccount({ name: args.name })
    const { id, name, owner, roles, createdAt, disabledAt } = account
    return shown(
      account,
      { name, owner, roles: rolesText(roles), created: createdAt, disabled: disabledAt, id },
      { context },
    )
  },
})
