import { applyStacks } from '../../init/apply-stacks.ts'
import { command } from '../../manifest/command.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'stack apply',
  summary: 'Bring the stacks of a workspace to what airlock.config.ts says',
  examples: ['airlock stack apply --workspace enterprise-production'],
  run: async ({ context }) => {
    const workspace = await openWorkspace(context)
    const items = await applyStacks(workspace)
    return {
      data: { items, nextCursor: null },
      text: () => `applied to ${workspace.name}: ${items.map(({ name }) => name).join(', ') || 'no stacks'}`,
    }
  },
})
