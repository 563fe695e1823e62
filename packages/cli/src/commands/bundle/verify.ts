import { resolve } from 'node:path'
import { isPlatformError, PlatformError } from '@airlock-ml/contract'
import { bundleKeys } from '../../bundle/keys.ts'
import { verifiedResult } from '../../bundle/print.ts'
import { command } from '../../manifest/command.ts'

export default command({
  name: 'bundle verify',
  summary: 'Verify a bundle where it lies, and show what is inside',
  description: `Offline, with no workspace: the signature, the manifest, that exactly the files it names are there, and the bytes of
each. Without --public-key it takes the keys of the workspaces of this project and says which one signed. A key that comes
with the bundle proves nothing: get it from the people who run the workspace. A signature has no time of its own: whether a
retired key signed before it was retired, only a workspace that saw the log can tell.`,
  args: { bundle: { summary: 'Folder of the bundle, or its file:// URI' } },
  options: {
    publicKey: { value: 'FILE', summary: 'Public key, PEM, that must have signed it; of several, one', many: true },
  },
  examples: [
    'airlock bundle verify ./attempt-1 --public-key dev.pem',
    'airlock bundle verify .airlock/exchange/bundles/DIGEST/attempt-1 --json',
  ],
  run: async ({ args, options, context }) => {
    const { verifyBundleDir } = await import('@airlock-ml/bundle')
    const { keys, from } = await bundleKeys(options.publicKey, context)
    const isUri = /^[a-z][a-z0-9+.-]+:\/\//i.test(args.bundle)
    const place = isUri ? args.bundle : resolve(context.cwd, args.bundle)
    const verified = await verifyBundleDir({ place, keys }).catch((error: unknown) => {
      // Here are keys that were given and no workspace that trusts: the remedy is another one.
      if (!isPlatformError(error) || error.code !== 'bundle_untrusted') throw error
      throw new PlatformError('bundle_signed_by_other', error.message, error.details, { cause: error })
    })
    return verifiedResult(verified, { from, context })
  },
})
