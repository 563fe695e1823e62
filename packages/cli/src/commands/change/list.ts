import { ChangeState } from '@airlock-ml/contract'
import { command } from '../../manifest/command.ts'
import { pageOptions } from '../../manifest/global-options.ts'
import { listed } from '../../output/table.ts'
import { relativeTime } from '../../output/time.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'change list',
  summary: 'List change requests, newest first',
  options: {
    state: { value: 'STATE', summary: 'In this state only', choices: ChangeState.options },
    ...pageOptions,
  },
  examples: ['airlock change list --state pending --workspace enterprise-production'],
  run: async ({ options, context }) => {
    const { client } = await openWorkspace(context)
    return listed(
      await client.listChanges(options),
      {
        Id: ({ id }) => id,
        State: ({ state }) => state,
        What: ({ subject }) => subject,
        Project: ({ project }) => project,
        By: ({ requestedBy }) => requestedBy,
        Requested: ({ requestedAt }) => relativeTime(requestedAt, context.now()),
        'May approve': ({ mayDecide }) => mayDecide.join(', '),
      },
      context,
    )
  },
})
