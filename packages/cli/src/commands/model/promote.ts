import { HeldStage } from '@airlock-ml/contract'
import { command } from '../../manifest/command.ts'
import { unlessHeldAlready } from '../../model/held-already.ts'
import { gateLines } from '../../output/gates.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'model promote',
  summary: 'Give a stage to a version of this workspace, through the policy of the stage',
  description:
    'From one workspace into another it is `airlock promote`. A version that holds the stage already keeps it, exit code 0.',
  args: { model: { summary: 'Model' } },
  options: {
    toStage: { value: 'STAGE', summary: 'Stage to give', required: true, choices: HeldStage.options },
    modelVersion: { value: 'N', integer: true, summary: 'Version (default: the newest)' },
    reason: { value: 'TEXT', summary: 'Why, for the record' },
  },
  examples: ['airlock model promote breast_cancer_classifier --to-stage staging --model-version 3'],
  run: async ({ args, options, context }) => {
    const { client, project, name } = await openWorkspace(context)
    const stage = { project, model: args.model, stage: options.toStage }
    const body = { stage: options.toStage, number: options.modelVersion, reason: options.reason ?? null }
    let isHeld = false
    const promoted = await unlessHeldAlready(client, stage, {
      change: () => client.promoteModelVersion({ project, model: args.model, body }),
      held: async (held) => {
        isHeld = true
        return { ...held, gates: [] }
      },
    })
    const { version, change, gates } = promoted
    return {
      data: promoted,
      text: () => {
        const { previousNumber } = change
        const before = isHeld ? ' already' : previousNumber === null ? '' : ` in place of ${previousNumber}`
        const what = `${version.model} version ${version.number} holds ${change.stage} of ${name}${before}`
        return [gateLines(gates, context), what].filter((part) => part !== '').join('\n')
      },
    }
  },
})
