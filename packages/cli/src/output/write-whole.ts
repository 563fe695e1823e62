import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { PlatformError } from '@airlock-ml/contract'

type Content = ReadableStream<Uint8Array> | Readable | Uint8Array | string

/**
 * Writes a file whole or not at all: what was there before stays until the new bytes are safe, and nothing is left of
 * bytes that could not be written or that `check` refuses. Throws `cli_disk_full`, `cli_file_invalid`, and what reading
 * the content or `check` throws.
 */
export async function writeWhole(file: string, content: Content, check: () => void = () => {}): Promise<void> {
  const temporary = `${file}.${process.pid}.part`
  const bytes = typeof content === 'string' || content instanceof Uint8Array ? Readable.from([content]) : content
  try {
    await pipeline(bytes, createWriteStream(temporary, { flush: true }))
    check()
    await rename(temporary, file)
  } catch (cause) {
    await rm(temporary, { force: true })
    if (!(cause instanceof Error) || !('syscall' in cause)) throw cause
    const isFull = 'code' in cause && (cause.code === 'ENOSPC' || cause.code === 'EDQUOT')
    if (isFull) {
      const message = `There is no space left for ${file} (${cause.code}); nothing of it was kept.`
      throw new PlatformError('cli_disk_full', message, {}, { cause })
    }
    throw new PlatformError('cli_file_invalid', `${file} cannot be written: ${whyNot(file, cause)}.`, {}, { cause })
  }
}

/** The cause in words that name no file of ours. */
function whyNot(file: string, { code, message }: Error & { code?: unknown }): string {
  if (code === 'ENOENT') return `there is no folder ${dirname(file)}`
  if (code === 'EISDIR') return 'it is a folder'
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return `its folder may not be written (${code})`
  return message
}
