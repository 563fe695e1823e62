import { HeldStage } from '@airlock-ml/contract'
import { command } from '../../manifest/command.ts'
import { unlessHeldAlready } from '../../model/held-already.ts'
import { gateLines } from '../../output/gates.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'model rollback',
  summary: 'Give a stage back to the version that held it before',
  description:
    'Through the policy of the stage, in one transaction. With `--to-version` it can be run again: a version that holds the stage keeps it.',
  args: { model: { summary: 'Model' } },
  options: {
    toVersion: { value: 'N', integer: true, summary: 'Version that held the stage (default: the one before)' },
    stage: { value: 'STAGE', summary: 'Stage', choices: HeldStage.options, default: 'production' },
    reason: { value: 'TEXT', summary: 'Why, for the record', required: true },
    dryRun: { summary: 'Say what would happen and change nothing' },
  },
  examples: [
    'airlock model rollback breast_cancer_classifier --workspace enterprise-production --reason "More false alarms"',
  ],
  run: async ({ args, options, context }) => {
    const { client, project, name } = await openWorkspace(context)
    const { stage, toVersion: toNumber, reason, dryRun: isDry } = options
    const body = { stage, toNumber, reason, dryRun: isDry }
    const rolledBack = await unlessHeldAlready(
      client,
      { project, model: args.model, stage },
      {
        change: () => client.rollbackModel({ project, model: args.model, body }),
        held: async ({ version: to, change }) => {
          const number = change.previousNumber ?? to.number
          const from = await client.showModelVersion({ project, model: args.model, number })
          return { dryRun: isDry, from, to, gates: [], change }
        },
      },
    )
    const { from, to, gates, dryRun } = rolledBack
    return {
      data: rolledBack,
      text: () => {
        const verb = dryRun ? 'would hold' : 'holds'
        const what = `${to.model} version ${to.number} ${verb} ${options.stage} of ${name} in place of ${from.number}`
        return [gateLines(gates, context), what].filter((part) => part !== '').join('\n')
      },
    }
  },
})
