import { command } from '../../manifest/command.ts'
import { recallResult } from '../../recall/print.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'recall show',
  summary: 'Show a recall and what it reaches now',
  args: { id: { summary: 'Recall' } },
  examples: ['airlock recall show 0198c0de-0000-7000-8000-000000000000 --workspace enterprise-production'],
  run: async ({ args, context }) => {
    const { client, project, name } = await openWorkspace(context)
    return recallResult(await client.showRecall({ project, recallId: args.id }), name, context)
  },
})
