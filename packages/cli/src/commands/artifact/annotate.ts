import { artifactArg, artifactCalled, artifactVersionOption } from '../../artifact/find.ts'
import { pairsOf } from '../../artifact/parse-pairs.ts'
import { artifactResult } from '../../artifact/print.ts'
import { command } from '../../manifest/command.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'artifact annotate',
  summary: 'Tag an artifact version and take notes on it',
  description: 'What its run recorded of it stays as it is. Every change is an audit event.',
  args: { artifact: artifactArg },
  options: {
    artifactVersion: artifactVersionOption,
    tag: { value: 'TAG', many: true, summary: 'File it under a word; garbage collection spares `keep`' },
    untag: { value: 'TAG', many: true, summary: 'Take a tag away' },
    set: { value: 'KEY=VALUE', many: true, summary: 'Set a note' },
    unset: { value: 'KEY', many: true, summary: 'Take a note away' },
  },
  examples: ['airlock artifact annotate customers --tag keep --set owner=ada'],
  run: async ({ args, options: { artifactVersion, tag, untag, set, unset }, context }) => {
    const notes = pairsOf('--set', set)
    const workspace = await openWorkspace(context)
    const { client, project } = workspace
    const { name, version } = await artifactCalled(workspace, args.artifact, artifactVersion)
    const body = { tag, untag, set: notes, unset }
    return artifactResult(await client.annotateArtifact({ project, name, version, body }), context)
  },
})
