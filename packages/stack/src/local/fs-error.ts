import { ObjectStoreError, type ObjectStoreReason } from '../object-store-error.ts'

/** Where in which store something is done. */
export type Place = { storeUri: string; key: string }

const reasons: Record<string, ObjectStoreReason> = {
  ENOENT: 'not_found',
  ENOTDIR: 'not_found',
  ELOOP: 'not_a_file',
  EISDIR: 'not_a_file',
  ENOSPC: 'full',
  EDQUOT: 'full',
}

const sentences: Record<ObjectStoreReason, (where: string, code: string) => string> = {
  not_found: (where) => `${where} does not exist.`,
  not_a_file: (where) => `${where} is a link or a special file, which a store never holds.`,
  full: (where, code) => `There is no space left for ${where} (${code}); nothing of it was kept.`,
  unreachable: (where, code) => `${where} cannot be reached (${code}).`,
  invalid_key: (where) => `${where} is not a key.`,
  digest_mismatch: (where) => `${where} has other bytes than announced.`,
}

export const storeError = (reason: ObjectStoreReason, { storeUri, key }: Place, cause?: unknown): ObjectStoreError => {
  const code = codeOf(cause)
  const message = sentences[reason](key === '' ? storeUri : `${storeUri}/${key}`, code)
  return new ObjectStoreError(reason, message, { storeUri, key, cause })
}

/** The error code of the operating system, or `unknown`. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown'

/** Turns a failed call of the file system into the store's error. Errors that are the store's already pass. */
export const guarded = async <T>(place: Place, call: Promise<T>): Promise<T> => {
  try {
    return await call
  } catch (error) {
    throw error instanceof ObjectStoreError ? error : storeError(reasons[codeOf(error)] ?? 'unreachable', place, error)
  }
}
