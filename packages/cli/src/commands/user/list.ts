import { command } from '../../manifest/command.ts'
import { pageOptions } from '../../manifest/global-options.ts'
import { rolesText } from '../../output/show.ts'
import { listed } from '../../output/table.ts'
import { relativeTime } from '../../output/time.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'user list',
  summary: 'List users',
  options: pageOptions,
  examples: ['airlock user list --workspace enterprise-production'],
  run: async ({ options, context }) => {
    const { client } = await openWorkspace(context)
    return listed(
      await client.listUsers(options),
      {
        Name: ({ name }) => name,
        Roles: ({ roles }) => rolesText(roles),
        Created: ({ createdAt }) => relativeTime(createdAt, context.now()),
        Disabled: ({ disabledAt }) => disabledAt && relativeTime(disabledAt, context.now()),
      },
      context,
    )
  },
})
