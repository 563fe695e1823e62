import { isHeld } from '@airlock-ml/contract'
import { heldResult } from '../../change/print.ts'
import { roleBindings, roleOption } from '../../identity/roles.ts'
import { command } from '../../manifest/command.ts'
import { rolesText } from '../../output/show.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'user set-roles',
  summary: 'Replace the roles of a user',
  description: 'Without `--role` they lose them all.',
  args: { name: { summary: 'Name of the user' } },
  options: { role: roleOption },
  examples: ['airlock user set-roles ada --role viewer --role ml-engineer'],
  run: async ({ args, options, context }) => {
    const { client, project, name: workspace } = await openWorkspace(context)
    const roles = await roleBindings(options.role, project)
    const changed = await client.setRoles({ name: args.name, body: { roles } })
    if (isHeld(changed)) return heldResult(changed, { context, workspace })
    if (changed.warning) context.note(`warning: ${changed.warning}`)
    return {
      data: changed,
      text: () => `${changed.name} has ${rolesText(changed.roles) || 'no role'} in ${workspace}`,
    }
  },
})
