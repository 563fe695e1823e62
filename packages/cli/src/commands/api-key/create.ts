import { actionsOf } from '../../identity/actions.ts'
import { command } from '../../manifest/command.ts'
import { storeCredential } from '../../project/credentials.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'api-key create',
  summary: 'Make a key that signs a user or service account in',
  description:
    'The secret is shown once, on stdout. With `--store` it goes into the credentials of this project instead, for `--as NAME`.',
  args: { identity: { summary: 'User or service account' } },
  options: {
    expires: { value: 'TIME', summary: 'When it ends, as 2027-01-31T00:00:00Z (default: never)' },
    boundProject: { value: 'NAME', summary: 'The only project it opens (default: all that the roles do)' },
    action: { value: 'ACTION', many: true, summary: 'The only thing it may do, as `model:export`' },
    store: { summary: 'Keep it in .airlock/credentials.json and do not print it' },
  },
  examples: [
    'airlock api-key create ada --store --workspace enterprise-production',
    'airlock api-key create ci --bound-project cancer-detection --action model:export --action promotion:request',
  ],
  run: async ({ args, options, context }) => {
    const { client, folder, name: workspace } = await openWorkspace(context)
    const actions = options.action.length === 0 ? null : actionsOf(options.action)
    const scope = { project: options.boundProject ?? null, actions }
    const body = { identity: args.identity, expiresAt: options.expires ?? null, scope }
    const { apiKey, secret } = await client.createApiKey({ body })
    if (options.store) {
      const stored = { workspace, identity: apiKey.identity, apiKey: secret, makeDefault: false }
      await storeCredential(folder.dir, stored)
      return { data: { apiKey, secret: null }, text: () => `stored key ${apiKey.id} for --as ${apiKey.identity}` }
    }
    context.note(`Key ${apiKey.id} of ${apiKey.identity}. This is the only time its secret is shown:`)
    return { data: { apiKey, secret }, text: () => secret }
  },
})
