import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { PlatformError } from '@airlock-ml/contract'
import { command } from '../../manifest/command.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'trust add',
  summary: 'Accept the bundles that a key signs',
  args: { file: { summary: 'Public key, PEM, as `airlock workspace show` prints it' } },
  options: { source: { value: 'NAME', summary: 'Workspace whose bundles the key signs', required: true } },
  examples: ['airlock trust add dev.pem --source enterprise-dev-staging --workspace enterprise-production'],
  run: async ({ args, options, context }) => {
    const path = resolve(context.cwd, args.file)
    const publicKey = await readFile(path, 'utf8').catch((cause: Error) => {
      throw new PlatformError('cli_file_invalid', `${path} cannot be read: ${cause.message}.`, {}, { cause })
    })
    const { client, name } = await openWorkspace(context)
    const key = await client.addTrustedKey({ body: { workspace: options.source, publicKey } })
    return { data: key, text: () => `${name} accepts bundles of ${key.workspace} signed by key ${key.keyHint}` }
  },
})
