import type { IncomingMessage } from 'node:http'
import { type DeploymentSettings, PlatformError } from '@airlock-ml/contract'

/**
 * Reads a body that is not too long, in time. Rejects with `body_too_large`, `request_too_slow`, and `request_invalid`
 * for a client that left.
 */
export function readBody(
  request: IncomingMessage,
  { bodyBytes, timeoutMs }: Pick<DeploymentSettings['limits'], 'bodyBytes' | 'timeoutMs'>,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let sizeBytes = 0
    const timer = setTimeout(
      () => stop(new PlatformError('request_too_slow', `It took longer than ${timeoutMs} ms.`)),
      timeoutMs,
    )
    const stop = (error: PlatformError) => {
      clearTimeout(timer)
      request.removeAllListeners('data').removeAllListeners('end').removeAllListeners('close')
      // What still comes is thrown away, and the connection ends with the answer.
      request.resume()
      reject(error)
    }
    const tooLarge = () =>
      new PlatformError('body_too_large', `The body is larger than ${bodyBytes} bytes.`, { maxBytes: bodyBytes })
    if (Number(request.headers['content-length'] ?? 0) > bodyBytes) return stop(tooLarge())
    request.on('data', (chunk: Buffer) => {
      sizeBytes += chunk.byteLength
      if (sizeBytes > bodyBytes) stop(tooLarge())
      else chunks.push(chunk)
    })
    request.on('end', () => {
      clearTimeout(timer)
      resolve(chunks.length === 1 ? chunks[0]!.toString() : Buffer.concat(chunks).toString())
    })
    request.on('close', () => {
      if (!request.complete) stop(new PlatformError('request_invalid', 'The client left before the body was whole.'))
    })
  })
}
