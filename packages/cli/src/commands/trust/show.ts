import { command } from '../../manifest/command.ts'
import { shown } from '../../output/show.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'trust show',
  summary: 'Show a trusted key',
  args: { key: { summary: 'Key, as `airlock trust list` prints it' } },
  examples: ['airlock trust show 6f1d…e0 --workspace enterprise-production'],
  run: async ({ args, context }) => {
    const { client } = await openWorkspace(context)
    const key = await client.showTrustedKey({ keyHint: args.key })
    return shown(
      key,
      {
        key: key.keyHint,
        workspace: key.workspace,
        'believed for': key.purposes.join(', '),
        added: `${key.addedAt} by ${key.addedBy}`,
        retired: key.retiredAt,
        removed: key.removedAt,
        'public key': key.publicKey,
      },
      { context },
    )
  },
})
