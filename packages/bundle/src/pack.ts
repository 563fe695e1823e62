import { MANIFEST_FILE, type Manifest, PlatformError, SIGNATURE_FILE } from '@airlock-ml/contract'
import {
  atMost,
  type Body,
  bodyOf,
  type ObjectStore,
  ObjectStoreError,
  sha256Hex,
  withStoreCodes,
} from '@airlock-ml/stack'
import { crashPoint } from '@airlock-ml/stack/crash-point'
import { bundlePrefix } from './bundle-uri.ts'
import { findAttempts } from './find-attempts.ts'
import type { Expected } from './listing.ts'
import { manifestBytes } from './manifest-file.ts'
import { signStatement } from './oms.ts'
import type { Signer } from './signing.ts'

/** A file to pack, as the manifest names it, and how to read it. */
export type FileToPack = { path: string; sha256: string; sizeBytes: number; open: () => Body | Promise<Body> }

/** A bundle that lies in the exchange. */
export type PackedBundle = {
  /** Where it lies: `EXCHANGE/bundles/DIGEST/attempt-N`. */
  uri: string
  /** SHA-256 of the manifest's bytes, hex. */
  digest: string
  keyHint: string
  /** Number and size of the signed files: the manifest and all it names. */
  files: number
  sizeBytes: number
  /** Whether a whole bundle was there already, so that nothing was written. */
  reused: boolean
}

/**
 * Writes a signed bundle to the exchange: every file, the manifest, and last the signature, which makes it one. A bundle
 * that is there, whole and signed by the same key, is answered instead; what a killed export left is passed over.
 *
 * Throws `blob_damaged` when a file's bytes are not what the manifest says, `exchange_unreachable`, `store_full`.
 */
export const packBundle = async ({
  manifest,
  files,
  signer,
  exchange,
}: {
  manifest: Manifest
  files: readonly FileToPack[]
  signer: Signer
  exchange: ObjectStore
}): Promise<PackedBundle> => {
  const manifestFile = manifestBytes(manifest)
  assertSameFiles(manifest, files)
  const digest = sha256Hex(manifestFile)
  const expected = new Map<string, Expected>(files.map(({ path, sha256, sizeBytes }) => [path, { sha256, sizeBytes }]))
  expected.set(MANIFEST_FILE, { sha256: digest, sizeBytes: manifestFile.byteLength })

  return withStoreCodes(exchange, { unreachable: 'exchange_unreachable' }, async () => {
    const { whole, free } = await findAttempts(exchange, { digest, expected, signer })
    const number = whole ?? free
    const prefix = bundlePrefix(digest, number)
    if (whole === null) {
      for (const file of files) await writeFile(exchange, prefix, file)
      await exchange.write(`${prefix}/${MANIFEST_FILE}`, bodyOf(manifestFile), { sha256: digest })
      await crashPoint('export:manifest-written')
      const resources = [...expected].map(([name, { sha256 }]) => ({ name, sha256 }))
      const signature = await signStatement({ name: `attempt-${number}`, resources }, signer)
      await exchange.write(`${prefix}/${SIGNATURE_FILE}`, bodyOf(signature))
      await crashPoint('export:signed')
    }
    return {
      uri: `${exchange.uri}/${prefix}`,
      digest,
      keyHint: signer.keyHint,
      files: expected.size,
      sizeBytes: [...expected.values()].reduce((sum, file) => sum + file.sizeBytes, 0),
      reused: whole !== null,
    }
  })
}

const writeFile = async (exchange: ObjectStore, prefix: string, file: FileToPack): Promise<void> => {
  const { path, sha256, sizeBytes } = file
  const damaged = (cause?: unknown): PlatformError =>
    new PlatformError(
      'blob_damaged',
      `The bytes of ${path} are not the ${sizeBytes} bytes with the SHA-256 ${sha256} that were recorded.`,
      { file: path, sha256, sizeBytes },
      { cause },
    )
  try {
    const body = atMost(await file.open(), sizeBytes, damaged)
    await exchange.write(`${prefix}/${path}`, body, { sha256 })
  } catch (error) {
    throw error instanceof ObjectStoreError && error.reason === 'digest_mismatch' ? damaged(error) : error
  }
  await crashPoint('export:file-written')
}

const assertSameFiles = (manifest: Manifest, files: readonly FileToPack[]): void => {
  const given = new Map(files.map((file) => [file.path, file]))
  const isSame =
    given.size === files.length &&
    files.length === manifest.files.length &&
    manifest.files.every(({ path, sha256, sizeBytes }) => {
      const file = given.get(path)
      return file?.sha256 === sha256 && file.sizeBytes === sizeBytes
    })
  if (!isSame) throw new Error('The files to pack are not those that the manifest names.')
}
