import { command } from '../../manifest/command.ts'
import { shown } from '../../output/show.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'model show',
  summary: 'Show a model and the versions that hold its stages',
  args: { model: { summary: 'Model' } },
  examples: ['airlock model show breast_cancer_classifier'],
  run: async ({ args, context }) => {
    const { client, project } = await openWorkspace(context)
    const model = await client.showModel({ project, model: args.model })
    const { name, latestNumber, stages, createdAt } = model
    return shown(
      model,
      {
        name,
        project: model.project,
        'latest version': latestNumber,
        staging: stages.staging,
        production: stages.production,
        created: createdAt,
      },
      { context },
    )
  },
})
