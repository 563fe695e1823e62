import { command } from '../../manifest/command.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'project create',
  summary: 'Create a project in a workspace',
  args: { name: { summary: 'Name, kebab-case' } },
  options: { description: { value: 'TEXT', summary: 'What it is for', default: '' } },
  examples: ['airlock project create cancer-detection --description "Breast cancer screening"'],
  run: async ({ args, options, context }) => {
    const { client, name } = await openWorkspace(context)
    const project = await client.createProject({ body: { name: args.name, description: options.description } })
    return { data: project, text: () => `created project ${project.name} in ${name}` }
  },
})
