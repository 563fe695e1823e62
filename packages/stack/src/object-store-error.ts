import { type ErrorCode, PlatformError } from '@airlock-ml/contract'

/**
 * Why an object store did not do it. `not_found`: no such object. `not_a_file`: a link or special file stands there.
 * `invalid_key`: the key is no plain path. `digest_mismatch`: the bytes are not what was announced. `full`: no space
 * left. `unreachable`: anything else, such as a missing folder, missing rights or a failing disk.
 */
export type ObjectStoreReason = 'not_found' | 'not_a_file' | 'invalid_key' | 'digest_mismatch' | 'full' | 'unreachable'

const codes: Record<ObjectStoreReason, ErrorCode> = {
  not_found: 'blob_not_found',
  not_a_file: 'blob_damaged',
  invalid_key: 'internal',
  digest_mismatch: 'blob_digest_mismatch',
  full: 'store_full',
  unreachable: 'store_unreachable',
}

/**
 * The only error an object store throws of its own. It is a `PlatformError` with the code of a blob; who knows more
 * gives it another code with `withStoreCodes`. `storeUri` and `key` say where.
 */
export class ObjectStoreError extends PlatformError {
  readonly reason: ObjectStoreReason
  readonly storeUri: string
  readonly key: string

  constructor(
    reason: ObjectStoreReason,
    message: string,
    where: { storeUri: string; key: string; cause?: unknown; details?: Record<string, string> },
  ) {
    const { storeUri, key, cause, details } = where
    super(codes[reason], message, { store: storeUri, key, ...details }, { cause })
    this.reason = reason
    this.storeUri = storeUri
    this.key = key
  }
}

/**
 * Runs `act` and gives the errors of one store other codes, by reason. Errors of other stores, and reasons without a
 * code, pass unchanged.
 *
 * @example withStoreCodes(exchange, { unreachable: 'exchange_unreachable' }, () => exchange.stat(key))
 */
export const withStoreCodes = async <T>(
  store: { readonly uri: string },
  byReason: Partial<Record<ObjectStoreReason, ErrorCode>>,
  act: () => Promise<T>,
): Promise<T> => {
  try {
    return await act()
  } catch (error) {
    if (!(error instanceof ObjectStoreError) || error.storeUri !== store.uri) throw error
    const code = byReason[error.reason]
    throw code ? new PlatformError(code, error.message, error.details, { cause: error }) : error
  }
}
