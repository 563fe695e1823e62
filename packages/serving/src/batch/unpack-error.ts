import { type ErrorCode, errors, PlatformError } from '@airlock-ml/contract'
import { OnnxError, type OnnxErrorCode, TableError, type TableErrorCode } from '@airlock-ml/tabular'
import type { ThreadError } from './thread-error.ts'

/** The error again, of its class. Apart from `packError`, so that threads need not load the catalogue. */
export function unpackError({ name, message, stack, code = '', details, isDiskFull }: ThreadError): Error {
  const cause = isDiskFull ? Object.assign(new Error('no space left'), { code: 'ENOSPC' }) : undefined
  if (name === 'TableError') return new TableError(code as TableErrorCode, message, { cause })
  if (name === 'OnnxError') return new OnnxError(code as OnnxErrorCode, message, cause)
  if (code in errors) return new PlatformError(code as ErrorCode, message, details)
  return Object.assign(new Error(message, { cause }), { stack })
}
