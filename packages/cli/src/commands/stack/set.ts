import { command } from '../../manifest/command.ts'
import { updateSession } from '../../project/session.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'stack set',
  summary: 'Choose the stack of local runs in a workspace',
  description: 'Runs of the environments `staging` and `production` keep the stack that airlock.config.ts gives them.',
  args: { name: { summary: 'Stack' } },
  examples: ['airlock stack set dev-stack'],
  run: async ({ args, context }) => {
    const { client, project, folder, name: workspace } = await openWorkspace(context)
    const stack = await client.showStack({ project, stack: args.name })
    await updateSession(folder.dir, (session) => ({
      ...session,
      stacks: { ...session.stacks, [workspace]: stack.name },
    }))
    return { data: stack, text: () => `stack of local runs in ${workspace} is ${stack.name} from now on` }
  },
})
