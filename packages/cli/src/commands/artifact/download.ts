import { resolve } from 'node:path'
import { fetchArtifact } from '../../artifact/fetch.ts'
import { fileEnding } from '../../artifact/file-type.ts'
import { artifactArg, artifactCalled, artifactVersionOption } from '../../artifact/find.ts'
import { command } from '../../manifest/command.ts'
import { sizeText } from '../../output/size.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'artifact download',
  summary: 'Write the bytes of an artifact version to a file',
  description: 'The bytes are checked against their SHA-256; a file that does not match is not left behind.',
  args: { artifact: artifactArg },
  options: {
    artifactVersion: artifactVersionOption,
    output: { short: 'o', value: 'FILE', summary: 'File to write (default: the name, with the ending of its type)' },
  },
  examples: [
    'airlock artifact download customers',
    'airlock artifact download training.train_model.model -o model.onnx',
  ],
  run: async ({ args, options, context }) => {
    const workspace = await openWorkspace(context)
    const { client, project } = workspace
    const artifact = await artifactCalled(workspace, args.artifact, options.artifactVersion)
    const bytes = await client.getBlob({ project, sha256: artifact.digest })
    const file = resolve(context.cwd, options.output ?? artifact.name + fileEnding[artifact.type])
    await fetchArtifact(bytes, artifact.digest, file)
    const { name, version, sizeBytes, digest } = artifact
    return {
      data: { ...artifact, file },
      text: () => `wrote ${name} version ${version}, ${sizeText(sizeBytes)}, SHA-256 ${digest}, to ${file}`,
    }
  },
})
