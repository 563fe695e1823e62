import { command } from '../../manifest/command.ts'
import { rolesText, shown } from '../../output/show.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'user show',
  summary: 'Show a user',
  args: { name: { summary: 'User' } },
  examples: ['airlock user show ada --workspace enterprise-production'],
  run: async ({ args, context }) => {
    const { client } = await openWorkspace(context)
    const user = await client.showUser({ name: args.name })
    const { id, name, roles, createdAt, disabledAt } = user
    return shown(user, { name, roles: rolesText(roles), created: createdAt, disabled: disabledAt, id }, { context })
  },
})
