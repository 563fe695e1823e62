import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MANIFEST_FILE, type Manifest, PlatformError, SIGNATURE_FILE } from '@airlock-ml/contract'
import { hashBody, openObjectStore, withStoreCodes } from '@airlock-ml/stack'
import { keyHint, normalisePublicKey } from './signing.ts'
import { invalid, keyOf, verifyAttempt, withFile } from './verify-attempt.ts'

/** A bundle that holds: every byte of it was hashed. */
export type VerifiedBundle = {
  /** SHA-256 of the manifest's bytes, hex. */
  digest: string
  /** Where it lies. */
  uri: string
  /** The key that signed it. */
  keyHint: string
  /** The workspace that key was said to belong to; null where nobody said. */
  workspace: string | null
  manifest: Manifest
  /** Size of all files that were signed, the manifest included. */
  sizeBytes: number
}

/**
 * Verifies a bundle where it lies, without a workspace and without copying it: the signature by one of the keys, the
 * manifest, that exactly the files it names are there, and the SHA-256 of each. A folder named
 * `bundles/DIGEST/attempt-N` must hold the bundle with that digest.
 *
 * `place` is a folder or its `file://` URI. A key with a workspace vouches only for bundles of that one.
 *
 * Throws `bundle_not_found`, `bundle_untrusted`, `bundle_too_new`, `bundle_invalid` (naming the file in `details.file`),
 * `public_key_invalid`, `store_uri_invalid`.
 */
export const verifyBundleDir = async ({
  place,
  keys,
}: {
  place: string
  keys: readonly { publicKey: string; workspace: string | null }[]
}): Promise<VerifiedBundle> => {
  const store = await openObjectStore(place)
  const trustedKeys = keys.map(({ publicKey, workspace }) => ({
    keyHint: keyHint(publicKey),
    publicKey: normalisePublicKey(publicKey),
    workspace,
  }))
  return withStoreCodes(
    store,
    { unreachable: 'bundle_not_found', not_found: 'bundle_invalid', not_a_file: 'bundle_invalid' },
    async () => {
      await assertBundle(store.uri)
      const digest = /\/bundles\/([0-9a-f]{64})\/attempt-[0-9]+$/.exec(store.uri)?.[1] ?? null
      const verified = await verifyAttempt({ store, prefix: '', digest, trustedKeys })
      await assertNoHidden(store.uri)
      for (const { path, sha256 } of verified.manifest.files) {
        await withFile(path, async () => {
          const found = await hashBody(await store.read(keyOf('', path)))
          if (found.sha256 !== sha256) throw invalid(path, 'does not have the bytes that were signed')
        })
      }
      const sizeBytes = verified.manifest.files.reduce((sum, file) => sum + file.sizeBytes, 0)
      return {
        digest: verified.digest,
        uri: store.uri,
        keyHint: verified.keyHint,
        workspace: verified.workspace,
        manifest: verified.manifest,
        sizeBytes: sizeBytes + verified.manifestBytes.byteLength,
      }
    },
  )
}

// Asked before anything is listed: of any other folder it would be told what is wrong with it as a bundle.
const assertBundle = async (uri: string): Promise<void> => {
  const dir = fileURLToPath(uri)
  if (!(await lstat(dir).catch(() => null))?.isDirectory()) return
  for (const file of [SIGNATURE_FILE, MANIFEST_FILE]) if (await lstat(join(dir, file)).catch(() => null)) return
  const why = `It is a folder with neither ${MANIFEST_FILE} nor ${SIGNATURE_FILE}`
  throw new PlatformError('bundle_not_found', `${dir} is not a bundle. ${why}.`, { uri })
}

// A store does not list its own folder of writes in progress; in a bundle it would be a hiding place.
const assertNoHidden = async (uri: string): Promise<void> => {
  const found = await lstat(fileURLToPath(`${uri}/.tmp`)).catch(() => null)
  if (found) throw invalid('.tmp', 'is not named by its manifest')
}
