import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { MANIFEST_FILE, type Manifest, SIGNATURE_FILE } from '@airlock-ml/contract'
import { atMost, bodyOf, type ObjectStore, openLocalObjectStore, someAtOnce, withStoreCodes } from '@airlock-ml/stack'
import { parseBundlePrefix } from './bundle-uri.ts'
import type { TrustedSigner } from './envelope.ts'
import type { Expected } from './listing.ts'
import { invalid, keyOf, verifyAttempt, withFile } from './verify-attempt.ts'

/** A verified bundle in the private staging folder. */
export type FetchedBundle = {
  manifest: Manifest
  /** The manifest's bytes as they were signed; their SHA-256 is `digest`. */
  manifestBytes: Uint8Array
  digest: string
  /** The key that signed it, and the workspace it is trusted for. */
  keyHint: string
  workspace: string
  /** Path in the bundle → file in the staging folder, for every file the manifest names. */
  files: Map<string, string>
}

type FetchInput = {
  exchange: ObjectStore
  /** `bundles/DIGEST/attempt-N`, as `bundlePrefixOf` answers. */
  prefix: string
  /** A private folder for this bundle alone. It is made anew, and removed when anything fails. */
  stagingDir: string
  trustedKeys: readonly TrustedSigner[]
  /** `maxTotalBytes` of all files together; default 64 GiB. */
  limits?: { maxTotalBytes?: number }
}

/**
 * Verifies a bundle and copies it to a private folder, hashing every byte on the way; whoever uses it reads only that
 * copy. Nothing is believed before it is verified: first the signature, then the manifest, then exactly its files.
 *
 * Throws `bundle_not_found`, `bundle_untrusted`, `bundle_too_new`, `bundle_invalid` (each naming the file in
 * `details.file`), `exchange_uri_invalid`, `exchange_unreachable`, `store_full`.
 */
export const fetchBundle = async (input: FetchInput): Promise<FetchedBundle> => {
  await rm(input.stagingDir, { recursive: true, force: true })
  try {
    return await withStoreCodes(
      input.exchange,
      { unreachable: 'exchange_unreachable', not_found: 'bundle_invalid', not_a_file: 'bundle_invalid' },
      () => verifyAndCopy(input),
    )
  } catch (error) {
    await rm(input.stagingDir, { recursive: true, force: true })
    throw error
  }
}

const verifyAndCopy = async (input: FetchInput): Promise<FetchedBundle> => {
  const { exchange, prefix, trustedKeys } = input
  const stagingDir = resolve(input.stagingDir)
  const { digest } = parseBundlePrefix(prefix)
  const { manifest, manifestBytes, signature, keyHint } = await verifyAttempt({
    store: exchange,
    prefix,
    digest,
    trustedKeys,
    maxTotalBytes: input.limits?.maxTotalBytes,
  })
  const staging = await openLocalObjectStore(stagingDir, { create: true })
  await staging.write(SIGNATURE_FILE, bodyOf(signature))
  await staging.write(MANIFEST_FILE, bodyOf(manifestBytes), { sha256: digest })
  await someAtOnce(manifest.files, ({ path, sha256, sizeBytes }) =>
    copyFile(exchange, staging, { prefix, path, sha256, sizeBytes }),
  )
  const files = new Map(manifest.files.map(({ path }) => [path, join(stagingDir, path)]))
  return { manifest, manifestBytes, digest, keyHint, workspace: manifest.source.workspace, files }
}

const copyFile = async (
  exchange: ObjectStore,
  staging: ObjectStore,
  file: { prefix: string; path: string } & Expected,
): Promise<void> =>
  withFile(file.path, async () => {
    const { path, sha256, sizeBytes } = file
    const body = await exchange.read(keyOf(file.prefix, path))
    await staging.write(
      path,
      atMost(body, sizeBytes, () => invalid(path, `is longer than ${sizeBytes} bytes`)),
      { sha256 },
    )
  })
