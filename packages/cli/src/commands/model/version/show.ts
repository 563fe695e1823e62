import { command } from '../../../manifest/command.ts'
import { versionResult } from '../../../model/print.ts'
import { openWorkspace } from '../../../workspace/open.ts'

export default command({
  name: 'model version show',
  summary: 'Show a version of a model: metrics, evidence and where it comes from',
  args: { model: { summary: 'Model' }, number: { summary: 'Version number in this workspace', integer: true } },
  examples: ['airlock model version show breast_cancer_classifier 3'],
  run: async ({ args, context }) => {
    const { client, project, name: workspace } = await openWorkspace(context)
    const version = await client.showModelVersion({ project, model: args.model, number: args.number })
    return versionResult(version, workspace, context)
  },
})
