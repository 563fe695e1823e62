import { command } from '../../manifest/command.ts'
import { shown } from '../../output/show.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'decision-key show',
  summary: 'Show a decision key: whose it is, and its public half',
  args: { key: { summary: 'Key, as `airlock decision-key list` prints it' } },
  examples: ['airlock decision-key show 6f1d…e0 --json --workspace enterprise-production'],
  run: async ({ args, context }) => {
    const { client } = await openWorkspace(context)
    const key = await client.showDecisionKey({ fingerprint: args.key })
    const { fingerprint, person, registeredAt, revokedAt, revokedBy, publicKey } = key
    return shown(
      key,
      {
        key: fingerprint,
        person,
        registered: registeredAt,
        ended: revokedAt && `${revokedAt}${revokedBy ? ` by ${revokedBy}` : ', when its person was disabled'}`,
      },
      { context, more: () => publicKey.trimEnd() },
    )
  },
})
