import { command } from '../../manifest/command.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'api-key revoke',
  summary: 'Revoke an API key at once',
  args: { id: { summary: 'Key, as `airlock api-key list` prints it' } },
  examples: ['airlock api-key revoke 4f1d02c9 --workspace enterprise-production'],
  run: async ({ args, context }) => {
    const { client, name } = await openWorkspace(context)
    const key = await client.revokeApiKey({ id: args.id })
    return { data: key, text: () => `key ${key.id} of ${key.identity} opens nothing more in ${name}` }
  },
})
