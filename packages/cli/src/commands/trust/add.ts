import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { isHeld, PlatformError, TrustPurpose } from '@airlock-ml/contract'
import { heldResult } from '../../change/print.ts'
import { command } from '../../manifest/command.ts'
import { openWorkspace } from '../../workspace/open.ts'

export default command({
  name: 'trust add',
  summary: 'Believe a key of another workspace',
  description: `For the bundles it signs, unless --for says otherwise: for receipts of imports of our bundles, or as a witness of our
audit log. Given again for a key that is trusted, it adds a purpose.`,
  args: { file: { summary: 'Public key, PEM, as `airlock workspace show` prints it' } },
  options: {
    source: { value: 'NAME', summary: 'Workspace whose key it is', required: true },
    for: {
      value: 'PURPOSE',
      summary: 'What it is believed about; may be given several times (default: bundles)',
      choices: TrustPurpose.options,
      many: true,
    },
  },
  examples: [
    'airlock trust add dev.pem --source enterprise-dev-staging --workspace enterprise-production',
    'airlock trust add production.pem --source enterprise-production --for receipts --workspace enterprise-dev-staging',
  ],
  run: async ({ args, options, context }) => {
    const path = resolve(context.cwd, args.file)
    const publicKey = await readFile(path, 'utf8').catch((cause: Error) => {
      throw new PlatformError('cli_file_invalid', `${path} cannot be read: ${cause.message}.`, {}, { cause })
    })
    const { client, name } = await openWorkspace(context)
    const purposes = options.for.length > 0 ? options.for : undefined
    const key = await client.addTrustedKey({ body: { workspace: options.source, publicKey, purposes } })
    if (isHeld(key)) return heldResult(key, { context, workspace: name })
    return {
      data: key,
      text: () => `${name} believes key ${key.keyHint} of ${key.workspace} for ${key.purposes.join(', ')}`,
    }
  },
})
