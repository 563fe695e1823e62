import { type ErrorCode, PlatformError } from '@airlock-ml/contract'

const FULL = 13
/** The file that readers and writers share could not be made as long as it has to be. */
const IOERR_SHMSIZE = 4874
/** Read-only, input or output error, corrupt, cannot be opened, not a database. */
const unusable: readonly number[] = [8, 10, 11, 14, 26]

/** Turns what the disk below a database did into an error of the catalogue; others, as a busy database, pass. */
export function sqliteError(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !('errcode' in error)) return error
  const code = codeOf(Number(error.errcode))
  if (!code) return error
  const what = code === 'database_full' ? 'There is no space left for' : 'SQLite cannot use'
  return new PlatformError(code, `${what} ${path} (${error.message}).`, {}, { cause: error })
}

function codeOf(errcode: number): ErrorCode | null {
  const kind = errcode & 0xff
  if (kind === FULL || errcode === IOERR_SHMSIZE) return 'database_full'
  return unusable.includes(kind) ? 'database_unusable' : null
}
