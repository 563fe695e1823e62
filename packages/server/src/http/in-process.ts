import type { Respond } from './answer.ts'

/** An HTTP application without a port; with `respond` it answers by that. */
export type HttpApp = { fetch: (request: Request, env?: { respond: Respond }) => Response | Promise<Response> }

/**
 * An application as a `fetch`, without a port. What our own client sends is answered without the platform's `Request` and
 * `Response`: the first use of either loads an HTTP client, which takes as long as a whole Node takes to start.
 */
export const inProcess =
  (app: HttpApp): typeof fetch =>
  async (input, init = {}) => {
    if (typeof input !== 'string' || !isPlain(init)) return app.fetch(new Request(input, init))
    return app.fetch(new LocalRequest(input, init) as unknown as Request, { respond })
  }

type PlainInit = {
  method?: string
  headers?: Record<string, string>
  body?: string | Uint8Array | ReadableStream<Uint8Array> | null
}

function isPlain({ headers = {}, body }: RequestInit): boolean {
  const isPlainBody = body === undefined || body === null || typeof body === 'string'
  const isBytes = body instanceof Uint8Array || body instanceof ReadableStream
  return Object.getPrototypeOf(headers) === Object.prototype && (isPlainBody || isBytes)
}

const respond: Respond = (body, answer) => new LocalResponse(body, answer) as unknown as Response

class LocalHeaders {
  readonly #values: ReadonlyMap<string, string>
  constructor(values: Record<string, string>) {
    this.#values = new Map(Object.entries(values).map(([name, value]) => [name.toLowerCase(), value]))
  }
  get(name: string): string | null {
    return this.#values.get(name.toLowerCase()) ?? null
  }
  has(name: string): boolean {
    return this.#values.has(name.toLowerCase())
  }
}

/** As much of a request as the HTTP layer reads. */
class LocalRequest {
  readonly url: string
  readonly method: string
  readonly headers: LocalHeaders
  readonly #body: NonNullable<PlainInit['body']> | undefined

  constructor(url: string, init: RequestInit) {
    const { method = 'GET', headers = {}, body } = init as PlainInit
    const sizeBytes = typeof body === 'string' ? Buffer.byteLength(body) : body instanceof Uint8Array && body.byteLength
    this.url = new URL(url).href
    this.method = method
    this.headers = new LocalHeaders(
      typeof sizeBytes === 'number' ? { ...headers, 'content-length': String(sizeBytes) } : headers,
    )
    this.#body = body ?? undefined
  }

  get body(): ReadableStream<Uint8Array> | null {
    if (this.#body === undefined) return null
    return this.#body instanceof ReadableStream ? this.#body : ReadableStream.from([bytesOf(this.#body)])
  }

  async text(): Promise<string> {
    return await textOf(this.#body ?? '')
  }
}

/** As much of a response as a client reads. */
class LocalResponse {
  readonly status: number
  readonly headers: LocalHeaders
  readonly url = ''
  readonly #body: string | ReadableStream<Uint8Array>

  constructor(body: string | ReadableStream<Uint8Array>, { status, headers }: { status: number; headers: object }) {
    this.status = status
    this.headers = new LocalHeaders(headers as Record<string, string>)
    this.#body = body
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300
  }

  get body(): ReadableStream<Uint8Array> {
    return typeof this.#body === 'string' ? ReadableStream.from([bytesOf(this.#body)]) : this.#body
  }

  async text(): Promise<string> {
    return await textOf(this.#body)
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text())
  }
}

const bytesOf = (body: string | Uint8Array): Uint8Array => (typeof body === 'string' ? Buffer.from(body) : body)

async function textOf(body: string | Uint8Array | ReadableStream<Uint8Array>): Promise<string> {
  if (typeof body === 'string') return body
  if (body instanceof Uint8Array) return Buffer.from(body).toString()
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
