import type { IncomingMessage } from 'node:http'
import { PlatformError } from '@airlock-ml/contract'

const bodyTooLarge = (bodyBytes: number): PlatformError =>
  new PlatformError('ask_too_large', `The body is larger than ${bodyBytes} bytes.`, { maxBytes: bodyBytes })

export const isTooLarge = ({ headers }: IncomingMessage, bodyBytes: number): boolean =>
  Number(headers['content-length'] ?? 0) > bodyBytes

/**
 * Reads a body of at most `bodyBytes`, and calls back once: with `ask_too_large`, with `request_invalid` for a client
 * that left, or with the bytes. The server itself ends a client that does not get on.
 */
export function readBody(
  request: IncomingMessage,
  bodyBytes: number,
  done: (error: PlatformError | null, body: Buffer) => void,
): void {
  if (isTooLarge(request, bodyBytes)) {
    done(bodyTooLarge(bodyBytes), EMPTY)
    return
  }
  let first: Buffer | null = null
  let chunks: Buffer[] | null = null
  let sizeBytes = 0
  let isOver = false
  const end = (error: PlatformError | null, body: Buffer) => {
    isOver = true
    done(error, body)
  }
  request.on('data', (chunk: Buffer) => {
    // What comes after the end is thrown away.
    if (isOver) return
    sizeBytes += chunk.byteLength
    if (sizeBytes > bodyBytes) return end(bodyTooLarge(bodyBytes), EMPTY)
    if (first === null) first = chunk
    else if (chunks === null) chunks = [first, chunk]
    else chunks.push(chunk)
  })
  request.on('end', () => {
    if (!isOver) end(null, chunks === null ? (first ?? EMPTY) : Buffer.concat(chunks))
  })
  request.on('close', () => {
    if (!isOver) end(new PlatformError('request_invalid', 'The client left before it was whole.'), EMPTY)
  })
}

const EMPTY = Buffer.alloc(0)
