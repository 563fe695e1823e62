import { command } from '../../manifest/command.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'model reject',
  summary: 'Bar a version everywhere: from every stage, bundle and rollback',
  description:
    'Its bytes are barred under every number. What holds a stage is not rejected: roll back first. Another person lifts it with `airlock model release`.',
  args: { model: { summary: 'Model' } },
  options: {
    modelVersion: { value: 'N', integer: true, summary: 'Version number in this workspace', required: true },
    reason: { value: 'TEXT', summary: 'Why, for the record', required: true },
  },
  examples: ['airlock model reject breast_cancer_classifier --model-version 3 --reason "Trained on leaked labels"'],
  run: async ({ args, options, context }) => {
    const { client, project, name } = await openWorkspace(context)
    const version = await client.rejectModelVersion({
      project,
      model: args.model,
      number: options.modelVersion,
      body: { reason: options.reason },
    })
    return { data: version, text: () => `${version.model} version ${version.number} of ${name} is rejected` }
  },
})
