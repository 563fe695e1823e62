import { command } from '../../manifest/command.ts'
import { pageOptions } from '../../manifest/global-options.ts'
import { listed } from '../../output/table.ts'
import { relativeTime } from '../../output/time.ts'
import { recalledText, recallerText } from '../../recall/print.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'recall list',
  summary: 'List the recalls, newest first, those of other workspaces included',
  options: pageOptions,
  examples: ['airlock recall list --workspace enterprise-production'],
  run: async ({ options, context }) => {
    const { client, project } = await openWorkspace(context)
    return listed(
      await client.listRecalls({ project, ...options }),
      {
        Id: ({ id }) => id,
        Recalled: recalledText,
        State: ({ lifted }) => (lifted ? 'lifted' : 'stands'),
        By: recallerText,
        When: ({ at }) => relativeTime(at, context.now()),
        Reason: ({ reason }) => reason,
      },
      context,
    )
  },
})
