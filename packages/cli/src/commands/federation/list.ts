import { command } from '../../manifest/command.ts'
import { pageOptions } from '../../manifest/global-options.ts'
import { labelsText } from '../../output/show.ts'
import { listed } from '../../output/table.ts'
import { relativeTime } from '../../output/time.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'federation list',
  summary: 'List federation rules, removed ones included',
  options: pageOptions,
  examples: ['airlock federation list --workspace enterprise-production'],
  run: async ({ options, context }) => {
    const { client } = await openWorkspace(context)
    return listed(
      await client.listFederationRules(options),
      {
        Id: ({ id }) => id,
        Issuer: ({ issuer }) => issuer,
        Audience: ({ audience }) => audience,
        Claims: ({ claims }) => labelsText(claims),
        'Signs in': ({ serviceAccount }) => serviceAccount,
        Removed: ({ removedAt }) => removedAt && relativeTime(removedAt, context.now()),
      },
      context,
    )
  },
})
