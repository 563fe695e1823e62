import { command } from '../../manifest/command.ts'
import { predictionResult } from '../../prediction/print.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'prediction show',
  summary: 'Show a prediction as it was recorded',
  description: `What was asked, answered and by which version; inputs only where the deployment records them. Of one about a subject
that was erased: that it was. Where it comes from: \`airlock trace ID\`.`,
  args: { id: { summary: 'Prediction, or RUNID.ROW of a batch' } },
  examples: ['airlock prediction show 0198c0de-0000-7000-8000-000000000000 --workspace enterprise-production'],
  run: async ({ args, context }) => {
    const { client, project } = await openWorkspace(context)
    return predictionResult(await client.showPrediction({ project, predictionId: args.id }), context)
  },
})
