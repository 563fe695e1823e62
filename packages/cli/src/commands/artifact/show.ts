import { artifactArg, artifactCalled, artifactVersionOption } from '../../artifact/find.ts'
import { artifactResult } from '../../artifact/print.ts'
import { command } from '../../manifest/command.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'artifact show',
  summary: 'Show an artifact version',
  args: { artifact: artifactArg },
  options: { artifactVersion: artifactVersionOption },
  examples: ['airlock artifact show customers', 'airlock artifact show customers --artifact-version 3'],
  run: async ({ args, options, context }) => {
    const workspace = await openWorkspace(context)
    return artifactResult(await artifactCalled(workspace, args.artifact, options.artifactVersion), context)
  },
})
