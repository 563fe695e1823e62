import { command } from '../../manifest/command.ts'
import { promotionResult } from '../../promotion/print.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'promotion show',
  summary: 'Show a promotion: its plan, gates and approvals',
  args: { id: { summary: 'Promotion' } },
  examples: ['airlock promotion show 0198c0de-0000-7000-8000-000000000000 --workspace enterprise-production'],
  run: async ({ args, context }) => {
    const { client, project, name: workspace } = await openWorkspace(context)
    const promotion = await client.showPromotion({ project, promotionId: args.id })
    return promotionResult(promotion, { context, workspace })
  },
})
