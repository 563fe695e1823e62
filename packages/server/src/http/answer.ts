import type { Context } from 'hono'

/** What an answer is made of. */
export type Answer = { status: number; headers: Record<string, string> }
/** Makes a response. */
export type Respond = (body: string | ReadableStream<Uint8Array>, answer: Answer) => Response

const byThePlatform: Respond = (body, answer) => new Response(body, answer)

/** Answers a request: over HTTP with the platform's response, in process with what its caller brought along. */
export function answer(c: Context, body: string | ReadableStream<Uint8Array>, { status, headers }: Answer): Response {
  const respond = (c.env as { respond?: Respond } | undefined)?.respond ?? byThePlatform
  return respond(body, { status, headers })
}
