import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PlatformError } from '@airlock-ml/contract'
import { openLocalObjectStore } from './local/object-store.ts'
import type { ObjectStore } from './object-store.ts'

const scheme = /^([a-z][a-z0-9+.-]+):/i

const folderOf = (place: string): string => {
  const found = scheme.exec(place)?.[1]?.toLowerCase()
  if (found === undefined) return resolve(place)
  try {
    if (found === 'file') return fileURLToPath(place)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new PlatformError('store_uri_invalid', `${place} names no local folder: ${why}.`, { uri: place }, { cause })
  }
  throw new PlatformError('store_uri_invalid', `Object stores at ${found}:// are not there yet; this is ${place}.`, {
    uri: place,
    scheme: found,
    schemes: ['file'],
  })
}

/**
 * Opens the object store at a `file://` URI or a path (a relative one is taken from the working directory).
 *
 * With `create` the folder is made; without it a missing folder makes every call fail with `unreachable`, so that a
 * volume that is not mounted is noticed. Throws `store_uri_invalid` for `gs://`, `s3://` and everything else.
 */
export const openObjectStore = async (place: string, options: { create?: boolean } = {}): Promise<ObjectStore> =>
  openLocalObjectStore(folderOf(place), options)
