import { MANIFEST_FILE, type Manifest, PlatformError, SIGNATURE_FILE } from '@airlock-ml/contract'
import { type ObjectStore, ObjectStoreError, readWhole, sha256Hex } from '@airlock-ml/stack'
import { defaultMaxTotalBytes, maxManifestBytes, maxSignatureBytes } from './limits.ts'
import { assertListing, type Expected, listAttempt } from './listing.ts'
import { parseManifest } from './manifest-file.ts'
import { type Statement, verifySignature } from './oms.ts'

/** A public key, and the workspace it speaks for; null where nobody says which. */
export type BundleKey = { keyHint: string; publicKey: string; workspace: string | null }

/** What was verified of a bundle before its files are read. */
export type VerifiedAttempt = {
  manifest: Manifest
  manifestBytes: Uint8Array
  signature: Uint8Array
  digest: string
  keyHint: string
  workspace: string | null
}

type Input = {
  store: ObjectStore
  /** Where the bundle lies in the store; `''` for the store's own folder. */
  prefix: string
  /** The digest it is known by; null where it has no name yet. */
  digest: string | null
  trustedKeys: readonly BundleKey[]
  maxTotalBytes?: number | undefined
}

/**
 * Verifies all of a bundle but the bytes of its files, in an order in which nothing is believed before it is verified:
 * the signature, the manifest, then that exactly its files are there, signed, with their sizes.
 */
export const verifyAttempt = async ({
  store,
  prefix,
  digest,
  trustedKeys,
  maxTotalBytes = defaultMaxTotalBytes,
}: Input): Promise<VerifiedAttempt> => {
  const listing = await listAttempt(store, prefix)
  assertSigned(listing, prefix === '' ? store.uri : `${store.uri}/${prefix}`)
  const signature = await readSmall(store, { prefix, path: SIGNATURE_FILE, maxBytes: maxSignatureBytes })
  const signers = trustedKeys.map((key) => ({ ...key, workspace: key.workspace ?? 'an unnamed workspace' }))
  const { statement, keyHint } = verifySignature(signature, { trustedKeys: signers })
  const workspace = trustedKeys.find((key) => key.keyHint === keyHint)?.workspace ?? null

  if (!listing.has(MANIFEST_FILE)) throw invalid(MANIFEST_FILE, 'is missing')
  const manifestBytes = await readSmall(store, { prefix, path: MANIFEST_FILE, maxBytes: maxManifestBytes })
  const actual = assertManifestDigest(manifestBytes, digest, statement)
  const manifest = parseManifest(manifestBytes)
  if (workspace !== null) assertSource(manifest, { workspace, keyHint })

  const expected = new Map<string, Expected>(manifest.files.map(({ path, ...rest }) => [path, rest]))
  expected.set(MANIFEST_FILE, { sha256: actual, sizeBytes: manifestBytes.byteLength })
  assertSignedFiles(statement, expected)
  assertListing(listing, expected)
  assertTotal(expected, maxTotalBytes)
  return { manifest, manifestBytes, signature, digest: actual, keyHint, workspace }
}

/** The key of a file of a bundle in its store. */
export const keyOf = (prefix: string, path: string): string => (prefix === '' ? path : `${prefix}/${path}`)

/** A file of the bundle is not what it must be. */
export const invalid = (file: string, what: string): PlatformError =>
  new PlatformError('bundle_invalid', `The bundle's file ${JSON.stringify(file)} ${what}.`, { file })

const assertSigned = (listing: ReadonlyMap<string, unknown>, uri: string): void => {
  if (listing.has(SIGNATURE_FILE)) return
  const why = listing.size === 0 ? 'Nothing is there' : `It has no ${SIGNATURE_FILE}, so its export did not finish`
  throw new PlatformError('bundle_not_found', `There is no bundle at ${uri}. ${why}.`, { uri })
}

const readSmall = async (
  store: ObjectStore,
  { prefix, path, maxBytes }: { prefix: string; path: string; maxBytes: number },
): Promise<Uint8Array> =>
  withFile(path, async () =>
    readWhole(await store.read(keyOf(prefix, path)), maxBytes, () => invalid(path, `is longer than ${maxBytes} bytes`)),
  )

/** Errors of the store that mean a changed bundle name the file. */
export const withFile = async <T>(path: string, act: () => Promise<T>): Promise<T> => {
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

const assertManifestDigest = (bytes: Uint8Array, digest: string | null, statement: Statement): string => {
  const actual = sha256Hex(bytes)
  const signed = statement.resources.find((resource) => resource.name === MANIFEST_FILE)?.sha256
  if (actual !== signed) throw invalid(MANIFEST_FILE, 'does not have the bytes that were signed')
  if (digest !== null && actual !== digest)
    throw invalid(MANIFEST_FILE, `has the digest ${actual}, but lies under ${digest}`)
  return actual
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
