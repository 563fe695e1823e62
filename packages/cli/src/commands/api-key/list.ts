import { command } from '../../manifest/command.ts'
import { pageOptions } from '../../manifest/global-options.ts'
import { listed } from '../../output/table.ts'
import { relativeTime } from '../../output/time.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'api-key list',
  summary: 'List API keys, without their secrets',
  options: { identity: { value: 'NAME', summary: 'Of this user or service account only' }, ...pageOptions },
  examples: ['airlock api-key list --identity ci --workspace enterprise-production'],
  run: async ({ options, context }) => {
    const { client } = await openWorkspace(context)
    return listed(
      await client.listApiKeys(options),
      {
        Id: ({ id }) => id,
        Identity: ({ identity }) => identity,
        Created: ({ createdAt }) => relativeTime(createdAt, context.now()),
        Expires: ({ expiresAt }) => expiresAt && relativeTime(expiresAt, context.now()),
        Revoked: ({ revokedAt }) => revokedAt && relativeTime(revokedAt, context.now()),
      },
      context,
    )
  },
})
