import { command } from '../../manifest/command.ts'
import { explanationText } from '../../run/explanation.ts'
import { runArg, whichRun } from '../../run/which-run.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'run explain',
  summary: 'Say why a step was cached, or what differed from the nearest earlier run',
  args: { id: runArg, step: { summary: 'Step' } },
  examples: ['airlock run explain 0198c0de-0000-7000-8000-000000000000 train_model'],
  run: async ({ args, context }) => {
    const { client, project } = await openWorkspace(context)
    const runId = await whichRun({ client, project }, args.id)
    const explanation = await client.explainStep({ project, runId, step: args.step })
    return { data: explanation, text: () => explanationText(explanation, context) }
  },
})
