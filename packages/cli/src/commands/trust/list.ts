import { command } from '../../manifest/command.ts'
import { pageOptions } from '../../manifest/global-options.ts'
import { listed } from '../../output/table.ts'
import { relativeTime } from '../../output/time.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'trust list',
  summary: 'List trusted keys, removed ones included',
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
        Added: ({ addedAt, addedBy }) => `${relativeTime(addedAt, context.now())} by ${addedBy}`,
        Removed: ({ removedAt }) => removedAt && relativeTime(removedAt, context.now()),
      },
      context,
    )
  },
})
