import { command } from '../../manifest/command.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'model release',
  summary: 'Lift a rejection, or the mark of a rollback, by name',
  description: 'A rejection is lifted by another person than who rejected. A recall is not lifted.',
  args: { model: { summary: 'Model' } },
  options: {
    modelVersion: { value: 'N', integer: true, summary: 'Version number in this workspace', required: true },
    reason: { value: 'TEXT', summary: 'Why, for the record', required: true },
  },
  examples: [
    'airlock model release breast_cancer_classifier --model-version 3 --reason "The sensor was at fault, not the model"',
  ],
  run: async ({ args, options, context }) => {
    const { client, project, name } = await openWorkspace(context)
    const version = await client.releaseModelVersion({
      project,
      model: args.model,
      number: options.modelVersion,
      body: { reason: options.reason },
    })
    return { data: version, text: () => `${version.model} version ${version.number} of ${name} is released` }
  },
})
