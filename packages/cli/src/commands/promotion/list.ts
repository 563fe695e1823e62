import { PromotionState } from '@airlock-ml/contract'
import { command } from '../../manifest/command.ts'
import { pageOptions } from '../../manifest/global-options.ts'
import { listed } from '../../output/table.ts'
import { relativeTime } from '../../output/time.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'promotion list',
  summary: 'List promotions, newest first',
  options: {
    model: { value: 'NAME', summary: 'Of this model only' },
    state: { value: 'STATE', summary: 'In this state only', choices: PromotionState.options },
    ...pageOptions,
  },
  examples: ['airlock promotion list --state awaiting_approval --workspace enterprise-production'],
  run: async ({ options, context }) => {
    const { client, project } = await openWorkspace(context)
    return listed(
      await client.listPromotions({ project, ...options }),
      {
        Id: ({ id }) => id,
        Model: ({ model }) => model,
        Stage: ({ stage }) => stage,
        State: ({ state }) => state,
        From: ({ source }) => source && `${source.workspace} version ${source.number}`,
        Version: ({ version }) => version?.number,
        By: ({ requestedBy }) => requestedBy,
        Requested: ({ requestedAt }) => relativeTime(requestedAt, context.now()),
      },
      context,
    )
  },
})
