import { isHeld } from '@airlock-ml/contract'
import { heldResult } from '../../change/print.ts'
import { roleBindings, roleOption } from '../../identity/roles.ts'
import { command } from '../../manifest/command.ts'
import { rolesText } from '../../output/show.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'user create',
  summary: 'Create a user',
  description: 'A user signs in with a key: `airlock api-key create`.',
  args: { name: { summary: 'Name, kebab-case' } },
  options: { role: roleOption },
  examples: ['airlock user create ada --role approver --workspace enterprise-production'],
  run: async ({ args, options, context }) => {
    const { client, project, name } = await openWorkspace(context)
    const roles = await roleBindings(options.role, project)
    const user = await client.createUser({ body: { name: args.name, roles } })
    if (isHeld(user)) return heldResult(user, { context, workspace: name })
    return {
      data: user,
      text: () => `created user ${user.name} in ${name}, with ${rolesText(user.roles) || 'no role'}`,
    }
  },
})
