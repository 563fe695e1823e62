import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { MANIFEST_FILE, type Manifest, PlatformError, SIGNATURE_FILE } from '@airlock-ml/contract'
import {
  atMost,
  bodyOf,
  type ObjectStore,
  ObjectStoreError,
  openLocalObjectStore,
  readWhole,
  sha256Hex,
  withStoreCodes,
} from '@airlock-ml/stack'
import { parseBundlePrefix } from './bundle-uri.ts'
import type { TrustedSigner } from './envelope.ts'
import { defaultMaxTotalBytes, maxManifestBytes, maxSignatureBytes } from './limits.ts'
import { assertListing, type Expected, listAttempt } from './listing.ts'
import { parseManifest } from './manifest-file.ts'
import { type Statement, verifySignature } from './oms.ts'

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
  const listing = await listAttempt(exchange, prefix)
  assertSigned(listing, `${exchange.uri}/${prefix}`)
  const signature = await readSmall(exchange, { prefix, path: SIGNATURE_FILE, maxBytes: maxSignatureBytes })
  const { statement, keyHint, workspace } = verifySignature(signature, { trustedKeys })

  if (!listing.has(MANIFEST_FILE)) throw invalid(MANIFEST_FILE, 'is missing')
  const manifestBytes = await readSmall(exchange, { prefix, path: MANIFEST_FILE, maxBytes: maxManifestBytes })
  assertManifestDigest(manifestBytes, digest, statement)
  const manifest = parseManifest(manifestBytes)
  assertSource(manifest, { workspace, keyHint })

  const expected = new Map<string, Expected>(manifest.files.map(({ path, ...rest }) => [path, rest]))
  expected.set(MANIFEST_FILE, { sha256: digest, sizeBytes: manifestBytes.byteLength })
  assertSignedFiles(statement, expected)
  assertListing(listing, expected)
  assertTotal(expected, input.limits?.maxTotalBytes ?? defaultMaxTotalBytes)

  const staging = await openLocalObjectStore(stagingDir, { create: true })
  await staging.write(SIGNATURE_FILE, bodyOf(signature))
  await staging.write(MANIFEST_FILE, bodyOf(manifestBytes), { sha256: digest })
  for (const { path, sha256, sizeBytes } of manifest.files) {
    await copyFile(exchange, staging, { prefix, path, sha256, sizeBytes })
  }
  const files = new Map(manifest.files.map(({ path }) => [path, join(stagingDir, path)]))
  return { manifest, manifestBytes, digest, keyHint, workspace, files }
}

const invalid = (file: string, what: string): PlatformError =>
  new PlatformError('bundle_invalid', `The bundle's file ${JSON.stringify(file)} ${what}.`, { file })

const assertSigned = (listing: ReadonlyMap<string, unknown>, uri: string): void => {
  if (listing.has(SIGNATURE_FILE)) return
  const why = listing.size === 0 ? 'Nothing is there' : `It has no ${SIGNATURE_FILE}, so its export did not finish`
  throw new PlatformError('bundle_not_found', `There is no bundle at ${uri}. ${why}.`, { uri })
}

const readSmall = async (
  exchange: ObjectStore,
  { prefix, path, maxBytes }: { prefix: string; path: string; maxBytes: number },
): Promise<Uint8Array> =>
  withFile(path, async () =>
    readWhole(await exchange.read(`${prefix}/${path}`), maxBytes, () =>
      invalid(path, `is longer than ${maxBytes} bytes`),
    ),
  )

const copyFile = async (
  exchange: ObjectStore,
  staging: ObjectStore,
  file: { prefix: string; path: string } & Expected,
): Promise<void> =>
  withFile(file.path, async () => {
    const { path, sha256, sizeBytes } = file
    const body = await exchange.read(`${file.prefix}/${path}`)
    await staging.write(
      path,
      atMost(body, sizeBytes, () => invalid(path, `is longer than ${sizeBytes} bytes`)),
      { sha256 },
    )
  })

/** Errors of the store that mean a changed bundle name the file. */
const withFile = async <T>(path: string, act: () => Promise<T>): Promise<T> => {
  try {
    return await act()
  } catch (error) {
    if (!(error instanceof ObjectStoreError)) throw error
    if (error.reason === 'digest_mismatch') throw invalid(path, 'does not have the bytes that were signed')
    if (error.reason === 'not_a_file') throw invalid(path, 'is a link or a special file')
    if (error.reason === 'not_found') throw invalid(path, 'is missing')
    throw error
  }
}

const assertManifestDigest = (bytes: Uint8Array, digest: string, statement: Statement): void => {
  const actual = sha256Hex(bytes)
  const signed = statement.resources.find((resource) => resource.name === MANIFEST_FILE)?.sha256
  if (actual !== signed) throw invalid(MANIFEST_FILE, 'does not have the bytes that were signed')
  if (actual !== digest) throw invalid(MANIFEST_FILE, `has the digest ${actual}, but lies under ${digest}`)
}

// A key speaks for its own workspace only: another's models cannot be brought in under its name.
const assertSource = (manifest: Manifest, { workspace, keyHint }: { workspace: string; keyHint: string }): void => {
  const claimed = manifest.source.workspace
  if (claimed === workspace) return
  throw new PlatformError(
    'bundle_untrusted',
    `The bundle says it comes from ${claimed}, but its key ${keyHint} is trusted for ${workspace}.`,
    { file: MANIFEST_FILE, claimed, workspace, keyHint },
  )
}

const assertSignedFiles = (statement: Statement, expected: ReadonlyMap<string, Expected>): void => {
  const signed = new Map(statement.resources.map(({ name, sha256 }) => [name, sha256]))
  for (const [path, { sha256 }] of expected) {
    if (!signed.has(path)) throw invalid(path, 'is in the manifest, but was not signed')
    if (signed.get(path) !== sha256) throw invalid(path, 'was signed with another digest than the manifest gives')
  }
  const unnamed = [...signed.keys()].find((path) => !expected.has(path))
  if (unnamed !== undefined) throw invalid(unnamed, 'was signed, but is not in the manifest')
}

const assertTotal = (expected: ReadonlyMap<string, Expected>, maxTotalBytes: number): void => {
  const totalBytes = [...expected.values()].reduce((sum, file) => sum + file.sizeBytes, 0)
  if (totalBytes <= maxTotalBytes) return
  throw new PlatformError('bundle_invalid', `The bundle has ${totalBytes} bytes; at most ${maxTotalBytes} are taken.`, {
    totalBytes,
    maxTotalBytes,
  })
}
