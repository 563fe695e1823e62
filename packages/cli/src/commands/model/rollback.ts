import { HeldStage } from '@airlock-ml/contract'
import { command } from '../../manifest/command.ts'
import { unlessHeldAlready } from '../../model/held-already.ts'
import { verificationText } from '../../model/verification-text.ts'
import { gateLines } from '../../output/gates.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'model rollback',
  summary: 'Give a stage back to the version that held it before',
  description:
    'The target is verified first: artifacts, digests, graph, and that its evaluation table gives the recorded metrics. Then through the policy of the stage, in one transaction. The version that is left does not come back until `airlock model release`. With `--to-version` it can be run again: a version that holds the stage keeps it.',
  args: { model: { summary: 'Model' } },
  options: {
    toVersion: { value: 'N', integer: true, summary: 'Version that held the stage (default: the one before)' },
    stage: { value: 'STAGE', summary: 'Stage', choices: HeldStage.options, default: 'production' },
    reason: { value: 'TEXT', summary: 'Why, for the record', required: true },
    dryRun: { summary: 'Verify the target, say what would happen and change nothing' },
    drill: { summary: 'Do all of it, take it back, and say how long each part took' },
  },
  examples: [
    'airlock model rollback breast_cancer_classifier --workspace enterprise-production --reason "More false alarms"',
    'airlock model rollback breast_cancer_classifier --workspace enterprise-production --reason "Quarterly drill" --drill',
  ],
  run: async ({ args, options, context }) => {
    const { client, project, name } = await openWorkspace(context)
    const { stage, toVersion: toNumber, reason, dryRun: isDry, drill: isDrill } = options
    const body = { stage, toNumber, reason, dryRun: isDry, drill: isDrill }
    const rolledBack = await unlessHeldAlready(
      client,
      { project, model: args.model, stage },
      {
        change: () => client.rollbackModel({ project, model: args.model, body }),
        held: async ({ version: to, change }) => {
          const number = change.previousNumber ?? to.number
          const from = await client.showModelVersion({ project, model: args.model, number })
          return { dryRun: isDry, drill: isDrill, from, to, gates: [], change, verification: null, timings: null }
        },
      },
    )
    const { from, to, gates, dryRun, drill, verification, timings } = rolledBack
    return {
      data: rolledBack,
      text: () => {
        const verb = dryRun || drill ? 'would hold' : 'holds'
        const before = from.number === to.number ? ' already' : ` in place of ${from.number}`
        const what = `${to.model} version ${to.number} ${verb} ${options.stage} of ${name}${before}`
        const looked = verification && timings ? verificationText(verification, timings) : ''
        return [gateLines(gates, context), looked, what].filter((part) => part !== '').join('\n')
      },
    }
  },
})
