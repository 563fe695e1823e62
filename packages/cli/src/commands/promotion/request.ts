import { HeldStage } from '@airlock-ml/contract'
import { command } from '../../manifest/command.ts'
import { promotionResult } from '../../promotion/print.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'promotion request',
  summary: 'Ask for a bundle to enter a stage, and do not wait',
  description: 'Asked again while it is open, it answers with the same promotion. `airlock promote` asks and waits.',
  options: {
    model: { value: 'NAME', summary: 'Model', required: true },
    bundle: { value: 'URI', summary: 'Bundle, as the export printed it', required: true },
    destStage: { value: 'STAGE', summary: 'Stage to give', choices: HeldStage.options, default: 'production' },
  },
  examples: [
    'airlock promotion request --model breast_cancer_classifier --bundle file:///… --workspace enterprise-production',
  ],
  run: async ({ options, context }) => {
    const { client, project, name: workspace } = await openWorkspace(context)
    const body = { model: options.model, stage: options.destStage, bundle: { uri: options.bundle } }
    const promotion = await client.requestPromotion({ project, body })
    return promotionResult(promotion, { context, workspace })
  },
})
