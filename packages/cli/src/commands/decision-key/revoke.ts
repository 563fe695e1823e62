import { command } from '../../manifest/command.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'decision-key revoke',
  summary: 'End a decision key at once: your own, or any for an admin',
  description: `What it approved and was not acted on yet does not count any more. Its person registers another only when somebody else
ended it.`,
  args: { key: { summary: 'Key, as `airlock decision-key list` prints it' } },
  examples: ['airlock decision-key revoke 6f1d…e0 --workspace enterprise-production'],
  run: async ({ args, context }) => {
    const { client, name } = await openWorkspace(context)
    const key = await client.revokeDecisionKey({ fingerprint: args.key })
    if (key.warning) context.note(`warning: ${key.warning}`)
    return { data: key, text: () => `${name} takes no decision signed with key ${key.fingerprint} of ${key.person}` }
  },
})
