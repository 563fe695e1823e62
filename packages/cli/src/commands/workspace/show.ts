import { command } from '../../manifest/command.ts'
import { shown } from '../../output/show.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'workspace show',
  summary: 'Show a workspace and its public signing key',
  args: { name: { summary: 'Workspace (default: as `--workspace`)', optional: true } },
  examples: ['airlock workspace show enterprise-dev-staging --json'],
  run: async ({ args, context }) => {
    const { client } = await openWorkspace(context, args.name)
    const workspace = await client.showWorkspace()
    const { name, createdAt, version, keyHint, publicKey } = workspace
    return shown(workspace, { name, created: createdAt, version, key: keyHint, 'public key': publicKey }, { context })
  },
})
