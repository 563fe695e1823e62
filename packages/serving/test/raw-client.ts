import { connect, type Socket } from 'node:net'
import { SECRET } from './risk-service.ts'

/** A client that says exactly what it is told to, and keeps what it hears. */
export type RawClient = {
  socket: Socket
  send: (text: string | Buffer) => void
  heard: () => string
  /** Resolves once what it heard matches; rejects when the connection ends before. */
  hears: (pattern: RegExp) => Promise<RegExpMatchArray>
  /** Resolves when the connection is over, with all that was heard. */
  ended: Promise<string>
}

export function rawClient(url: string): RawClient {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  let text = ''
  const looks = new Set<() => void>()
  socket.on('data', (chunk) => {
    text += chunk.toString()
    for (const look of looks) look()
  })
  // A connection that the other side resets has ended, too.
  socket.on('error', () => {})
  const ended = new Promise<string>((resolve) => {
    socket.on('close', () => {
      for (const look of looks) look()
      resolve(text)
    })
  })
  const hears = (pattern: RegExp) =>
    new Promise<RegExpMatchArray>((resolve, reject) => {
      const look = () => {
        const found = text.match(pattern)
        if (found) resolve(found)
        else if (socket.closed || socket.destroyed) reject(new Error(`It ended after: ${text}`))
        else return
        looks.delete(look)
      }
      looks.add(look)
      look()
    })
  return { socket, send: (part) => void socket.write(part), heard: () => text, hears, ended }
}

/** The text of a request for a prediction. */
export function rawRequest(body: string, { version = '1.1', headers = '' } = {}): string {
  const lines = [
    `POST /v1/predict HTTP/${version}`,
    'host: x',
    `authorization: Bearer ${SECRET}`,
    `content-length: ${Buffer.byteLength(body)}`,
  ]
  return `${lines.join('\r\n')}\r\n${headers}\r\n${body}`
}

export const ROW = '{"row":{"a":1,"b":0}}'
