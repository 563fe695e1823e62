import { ObjectStoreError } from './object-store-error.ts'

// Lower case only, so that a store on a case-insensitive disk holds the same objects; no leading dot, so that `.`, `..`
// and the store's own `.tmp` can never be named.
const component = /^[a-z0-9_][a-z0-9_-]*(\.[a-z0-9_-]+)*$/
const maxKeyChars = 1_024
const maxComponentChars = 200

const isKey = (text: string): boolean =>
  text.length <= maxKeyChars &&
  text.split('/').every((part) => part.length <= maxComponentChars && component.test(part))

/** Throws `invalid_key` unless `key` is plain names joined by `/`. */
export const assertKey = (key: string, storeUri: string): void => {
  if (isKey(key)) return
  throw new ObjectStoreError('invalid_key', `${JSON.stringify(key.slice(0, 200))} is not a key.`, { storeUri, key })
}

/** Throws `invalid_key` unless `prefix` is empty or a key followed by `/`. */
export const assertPrefix = (prefix: string, storeUri: string): void => {
  if (prefix === '' || (prefix.endsWith('/') && isKey(prefix.slice(0, -1)))) return
  throw new ObjectStoreError('invalid_key', `${JSON.stringify(prefix.slice(0, 200))} is not a folder of keys.`, {
    storeUri,
    key: prefix,
  })
}
