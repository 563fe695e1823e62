import { command } from '../../manifest/command.ts'
import { storeCredential } from '../../project/credentials.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'api-key rotate',
  summary: 'Replace a key by a new one with the same scope, the old one going on for a while',
  description: 'Your own key, or any for an admin. The secret is shown once, on stdout, or kept with `--store`.',
  args: { id: { summary: 'Key, as `airlock api-key list` prints it' } },
  options: {
    overlap: { value: 'SECONDS', integer: true, summary: 'How long the old key still works', default: 3_600 },
    expires: { value: 'TIME', summary: 'When the new key ends, as 2027-01-31T00:00:00Z (default: never)' },
    store: { summary: 'Keep it in .airlock/credentials.json and do not print it' },
  },
  examples: ['airlock api-key rotate 4f1d02c9 --overlap 600 --store --workspace enterprise-production'],
  run: async ({ args, options, context }) => {
    const { client, folder, name: workspace } = await openWorkspace(context)
    const body = { overlapSeconds: options.overlap, expiresAt: options.expires ?? null }
    const { apiKey, secret } = await client.rotateApiKey({ id: args.id, body })
    context.note(`Key ${apiKey.id} of ${apiKey.identity} replaces ${args.id}, which ends in ${options.overlap} s.`)
    if (!options.store) return { data: { apiKey, secret }, text: () => secret }
    await storeCredential(folder.dir, { workspace, identity: apiKey.identity, apiKey: secret, makeDefault: false })
    return { data: { apiKey, secret: null }, text: () => `stored key ${apiKey.id} for --as ${apiKey.identity}` }
  },
})
