import { command } from '../../manifest/command.ts'
import { pageOptions } from '../../manifest/global-options.ts'
import { listed } from '../../output/table.ts'
import { relativeTime } from '../../output/time.ts'
import { recalledText } from '../../recall/print.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'recall list',
  summary: 'List the standing recalls, newest first',
  options: pageOptions,
  examples: ['airlock recall list --workspace enterprise-production'],
  run: async ({ options, context }) => {
    const { client, project } = await openWorkspace(context)
    return listed(
      await client.listRecalls({ project, ...options }),
      {
        Id: ({ id }) => id,
        Recalled: recalledText,
        By: ({ by }) => by,
        When: ({ at }) => relativeTime(at, context.now()),
        Reason: ({ reason }) => reason,
      },
      context,
    )
  },
})
