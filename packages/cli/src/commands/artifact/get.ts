import { resolve } from 'node:path'
import { fetchArtifact } from '../../artifact/fetch.ts'
import { command } from '../../manifest/command.ts'
import { sizeText } from '../../output/size.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'artifact get',
  summary: 'Write the bytes of an artifact version to a file',
  description: 'The bytes are checked against their SHA-256; a file that does not match is not left behind.',
  args: { id: { summary: 'Artifact version' } },
  options: { output: { short: 'o', value: 'FILE', summary: 'File to write', required: true } },
  examples: ['airlock artifact get 0198c0de-0000-7000-8000-000000000000 -o model.onnx'],
  run: async ({ args, options, context }) => {
    const { client, project } = await openWorkspace(context)
    const artifact = await client.showArtifact({ project, artifactId: args.id })
    const bytes = await client.getBlob({ project, sha256: artifact.digest })
    const file = resolve(context.cwd, options.output)
    await fetchArtifact(bytes, artifact.digest, file)
    return {
      data: { ...artifact, file },
      text: () => `wrote ${artifact.name}, ${sizeText(artifact.sizeBytes)}, SHA-256 ${artifact.digest}, to ${file}`,
    }
  },
})
