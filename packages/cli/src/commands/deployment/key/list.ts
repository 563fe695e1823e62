import { command } from '../../../manifest/command.ts'
import { pageOptions } from '../../../manifest/global-options.ts'
import { listed } from '../../../output/table.ts'
import { relativeTime } from '../../../output/time.ts'
import { openWorkspace } from '../../../workspace/open.ts'

export default command({
  name: 'deployment key list',
  summary: 'List the keys of a deployment, without their secrets, newest first',
  args: { deployment: { summary: 'Deployment' } },
  options: pageOptions,
  examples: ['airlock deployment key list cancer-api --workspace enterprise-production'],
  run: async ({ args, options, context }) => {
    const { client, project } = await openWorkspace(context)
    return listed(
      await client.listDeploymentKeys({ project, deployment: args.deployment, ...options }),
      {
        Name: ({ name }) => name,
        Id: ({ id }) => id,
        By: ({ createdBy }) => createdBy,
        Created: ({ createdAt }) => relativeTime(createdAt, context.now()),
        Expires: ({ expiresAt }) => expiresAt && relativeTime(expiresAt, context.now()),
        Revoked: ({ revokedAt }) => revokedAt && relativeTime(revokedAt, context.now()),
      },
      context,
    )
  },
})
