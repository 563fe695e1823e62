import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { type ErrorCode, PlatformError } from '@airlock-ml/contract'
import { REQUEST_ID } from './reply.ts'
import type { Serving } from './serving.ts'

const LAST = Symbol('the last answer of a connection')
type Connection = Duplex & { [LAST]?: ServerResponse }

/** Remembers what a connection is asking, for when what comes next on it cannot be read. */
export function rememberLast({ socket }: IncomingMessage, response: ServerResponse): void {
  ;(socket as Connection)[LAST] = response
}

/** Tells clients whose requests are no HTTP, too long, or too slow what is wrong, and ends them. */
export function refuseUnreadable(server: Server, serving: Pick<Serving, 'newId' | 'refusals'>): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Connection) => {
    const last = socket[LAST]
    const isAsking = last !== undefined && !last.req.complete
    if (!socket.writable || (isAsking && last.headersSent)) socket.destroy()
    // Whoever asked something sound before gets that answer first.
    else if (last !== undefined && !isAsking && !last.writableFinished) last.once('close', () => socket.destroy())
    else socket.end(answerTo(error, serving), () => socket.destroy())
  })
}

const CODES: Readonly<Record<string, ErrorCode>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'request_too_slow',
  HPE_HEADER_OVERFLOW: 'headers_too_large',
}

function answerTo(
  { code = '', message }: NodeJS.ErrnoException,
  { newId, refusals }: Pick<Serving, 'newId' | 'refusals'>,
): string {
  const requestId = newId()
  const error = new PlatformError(CODES[code] ?? 'request_invalid', `It is no request that can be read: ${message}.`)
  refusals.write({ requestId, status: error.status, code: error.code })
  const text = JSON.stringify(error.toProblem(requestId))
  const head = [
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}`,
    'connection: close',
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(text)}`,
    `${REQUEST_ID}: ${requestId}`,
  ]
  return `${head.join('\r\n')}\r\n\r\n${text}`
}
