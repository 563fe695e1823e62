import { command } from '../../manifest/command.ts'
import { pageOptions } from '../../manifest/global-options.ts'
import { listed } from '../../output/table.ts'
import { relativeTime } from '../../output/time.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'project list',
  summary: 'List the projects of a workspace that you may read',
  options: pageOptions,
  examples: ['airlock project list'],
  run: async ({ options, context }) => {
    const { client, project } = await openWorkspace(context)
    return listed(
      await client.listProjects(options),
      {
        Name: ({ name }) => (name === project ? `${name} *` : name),
        Description: ({ description }) => description,
        Created: ({ createdAt }) => relativeTime(createdAt, context.now()),
      },
      context,
    )
  },
})
