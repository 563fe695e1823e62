import { command } from '../../manifest/command.ts'
import { pageOptions } from '../../manifest/global-options.ts'
import { listed } from '../../output/table.ts'
import { relativeTime } from '../../output/time.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'trust list',
  summary: 'List trusted keys with their validity, retired and removed ones included',
  options: pageOptions,
  examples: ['airlock trust list --workspace enterprise-production'],
  run: async ({ options, context }) => {
    const { client } = await openWorkspace(context)
    return listed(
      await client.listTrustedKeys(options),
      {
        Key: ({ keyHint }) => keyHint,
        Workspace: ({ workspace }) => workspace,
        For: ({ purposes }) => purposes.join(', '),
        State: ({ removedAt, retiredAt }) => (removedAt ? 'removed' : retiredAt ? 'retired' : 'in force'),
        From: ({ validFrom, addedBy }) => `${relativeTime(validFrom, context.now())} by ${addedBy}`,
        Until: ({ removedAt, retiredAt }) => {
          const end = removedAt ?? retiredAt
          return end && relativeTime(end, context.now())
        },
      },
      context,
    )
  },
})
