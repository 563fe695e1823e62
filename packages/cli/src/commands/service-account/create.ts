import { isHeld } from '@airlock-ml/contract'
import { heldResult } from '../../change/print.ts'
import { roleBindings, roleOption } from '../../identity/roles.ts'
import { command } from '../../manifest/command.ts'
import { rolesText } from '../../output/show.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'service-account create',
  summary: 'Create a machine identity that a user answers for',
  description: 'It and its owner count as one person: neither approves what the other asked for.',
  args: { name: { summary: 'Name, kebab-case' } },
  options: {
    owner: { value: 'NAME', summary: 'User who answers for it (default: you)' },
    role: roleOption,
  },
  examples: ['airlock service-account create ci --role ml-engineer --workspace enterprise-production'],
  run: async ({ args, options, context }) => {
    const { client, project, name } = await openWorkspace(context)
    const owner = options.owner ?? (await client.whoami()).actor.person
    const roles = await roleBindings(options.role, project)
    const account = await client.createServiceAccount({ body: { name: args.name, owner, roles } })
    if (isHeld(account)) return heldResult(account, { context, workspace: name })
    return {
      data: account,
      text: () =>
        `created service account ${account.name} of ${account.owner} in ${name}, with ${rolesText(account.roles) || 'no role'}`,
    }
  },
})
