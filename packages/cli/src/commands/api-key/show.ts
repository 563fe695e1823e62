import { command } from '../../manifest/command.ts'
import { shown } from '../../output/show.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'api-key show',
  summary: 'Show an API key, without its secret',
  args: { id: { summary: 'Key, as `airlock api-key list` prints it' } },
  examples: ['airlock api-key show 4f1d02c9 --workspace enterprise-production'],
  run: async ({ args, context }) => {
    const { client } = await openWorkspace(context)
    const key = await client.showApiKey({ id: args.id })
    const { id, identity, createdAt, expiresAt, revokedAt, scope } = key
    const bound = { project: scope.project ?? undefined, actions: scope.actions?.join(', ') }
    return shown(
      key,
      { id, identity, created: createdAt, expires: expiresAt, revoked: revokedAt, ...bound },
      { context },
    )
  },
})
