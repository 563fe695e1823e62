import { command } from '../../manifest/command.ts'
import { shown } from '../../output/show.ts'
import { sizeText } from '../../output/size.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'artifact show',
  summary: 'Show an artifact version',
  args: { id: { summary: 'Artifact version' } },
  examples: ['airlock artifact show 0198c0de-0000-7000-8000-000000000000'],
  run: async ({ args, context }) => {
    const { client, project } = await openWorkspace(context)
    const artifact = await client.showArtifact({ project, artifactId: args.id })
    const { producedBy } = artifact
    return shown(
      artifact,
      {
        id: artifact.id,
        name: artifact.name,
        version: artifact.version,
        type: artifact.type,
        size: sizeText(artifact.sizeBytes),
        digest: artifact.digest,
        'made by': producedBy && `step ${producedBy.step} of run ${producedBy.runId}`,
        metadata: JSON.stringify(artifact.metadata),
        created: artifact.createdAt,
      },
      { context },
    )
  },
})
