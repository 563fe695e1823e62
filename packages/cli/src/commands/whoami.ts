import { command } from '../manifest/command.ts'
import { rolesText, shown } from '../output/show.ts'
import { openWorkspace } from '../workspace/open.ts'

export default command({
  name: 'whoami',
  summary: 'Show who acts in a workspace, and as what',
  examples: ['airlock whoami --workspace enterprise-production --as ada'],
  run: async ({ context }) => {
    const { client, name } = await openWorkspace(context)
    const answer = await client.whoami()
    const { actor, roles } = answer
    return shown(
      answer,
      { name: actor.name, kind: actor.kind, person: actor.person, workspace: name, roles: rolesText(roles) },
      { context },
    )
  },
})
