import { PlatformError, SIGNATURE_FILE } from '@airlock-ml/contract'
import type { ObjectInfo, ObjectStore } from '@airlock-ml/stack'

/** What a file must be: its SHA-256, hex, and its size. */
export type Expected = { sha256: string; sizeBytes: number }

// A manifest holds at most 1,000 files; with the manifest and the signature, more cannot be right.
const maxEntries = 1_002

/** What lies below one attempt (`''`: the store itself is one), by path. Throws `bundle_invalid` when it is more than a bundle can hold. */
export const listAttempt = async (exchange: ObjectStore, prefix: string): Promise<Map<string, ObjectInfo>> => {
  const found = new Map<string, ObjectInfo>()
  const folder = prefix === '' ? '' : `${prefix}/`
  for await (const object of exchange.list(folder)) {
    if (found.size >= maxEntries) {
      throw new PlatformError('bundle_invalid', `${exchange.uri}/${prefix} holds more files than a bundle can.`, {
        prefix,
        maxFiles: maxEntries,
      })
    }
    found.set(object.key.slice(folder.length), object)
  }
  return found
}

/** Throws `bundle_invalid`, naming the file, unless exactly the expected files and the signature are there. */
export const assertListing = (
  listing: ReadonlyMap<string, ObjectInfo>,
  expected: ReadonlyMap<string, Expected>,
): void => {
  const refuse = (file: string, what: string): never => {
    throw new PlatformError('bundle_invalid', `The bundle's file ${JSON.stringify(file.slice(0, 300))} ${what}.`, {
      file: file.slice(0, 300),
    })
  }
  for (const [path, object] of listing) {
    if (!object.isRegular) refuse(path, 'is a link or a special file')
    if (path !== SIGNATURE_FILE && !expected.has(path)) refuse(path, 'is not named by its manifest')
  }
  for (const [path, { sizeBytes }] of expected) {
    const object = listing.get(path)
    if (!object) refuse(path, 'is missing')
    else if (object.sizeBytes !== sizeBytes) refuse(path, `has ${object.sizeBytes} bytes instead of ${sizeBytes}`)
  }
}
