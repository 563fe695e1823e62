import { resolve } from 'node:path'
import { ArtifactType } from '@airlock-ml/contract'
import { fileType } from '../../artifact/file-type.ts'
import { pairsOf } from '../../artifact/parse-pairs.ts'
import { artifactResult } from '../../artifact/print.ts'
import { uploadFile } from '../../artifact/upload.ts'
import { command } from '../../manifest/command.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'artifact register',
  summary: 'Store a file from outside under a name, for pipelines to read by its digest',
  description: `The file is stored as it is. Other bytes than those of the newest version of the name are a new version. A pipeline
reads it with \`externalArtifact\`, by the digest that is printed here.`,
  args: { file: { summary: 'File' } },
  options: {
    name: { value: 'NAME', summary: 'What it is called from now on', required: true },
    type: {
      value: 'TYPE',
      choices: ArtifactType.options,
      summary: 'What it holds (default: by the ending of the file)',
    },
    digest: { value: 'SHA256', summary: 'Refuse a file whose SHA-256 is another' },
    tag: { value: 'TAG', many: true, summary: 'File it under a word; garbage collection spares `keep`' },
    metadata: { value: 'KEY=VALUE', many: true, summary: 'A fact about it; it never changes' },
  },
  examples: ['airlock artifact register data/customers.csv --name customers --tag raw --metadata source=crm'],
  run: async ({ args, options, context }) => {
    const { name, type = fileType(args.file), digest: expected, tag, metadata } = options
    const facts = pairsOf('--metadata', metadata)
    const { client, project } = await openWorkspace(context)
    const file = resolve(context.cwd, args.file)
    const digest = await uploadFile({ client, project }, { file, shown: args.file, type, expected })
    const body = { name, type, digest, tags: tag, metadata: facts }
    return artifactResult(await client.registerArtifact({ project, body }), context)
  },
})
