import { command } from '../../manifest/command.ts'
import { pageOptions } from '../../manifest/global-options.ts'
import { listed } from '../../output/table.ts'
import { relativeTime } from '../../output/time.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'decision-key list',
  summary: 'List decision keys, ended ones included',
  options: { person: { value: 'NAME', summary: 'Of this user only' }, ...pageOptions },
  examples: ['airlock decision-key list --person bob --workspace enterprise-production'],
  run: async ({ options, context }) => {
    const { client } = await openWorkspace(context)
    return listed(
      await client.listDecisionKeys(options),
      {
        Key: ({ fingerprint }) => fingerprint,
        Person: ({ person }) => person,
        Registered: ({ registeredAt }) => relativeTime(registeredAt, context.now()),
        Ended: ({ revokedAt }) => revokedAt && relativeTime(revokedAt, context.now()),
        By: ({ revokedBy }) => revokedBy,
      },
      context,
    )
  },
})
