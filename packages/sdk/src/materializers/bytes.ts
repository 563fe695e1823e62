import type { Artifact, Codec } from '../define/artifact.ts'
import { showValue } from '../show-value.ts'
import { checkSchema } from './check-schema.ts'
import type { Materializer } from './materializer.ts'

/** Values of a project's own kinds, by the two functions of `artifact({ … })`. */
export const bytesMaterializer: Materializer = {
  type: 'bytes',
  async write(value, { artifact, what }) {
    const codec = codecOf(artifact, what)
    checkSchema(value, artifact, what)
    const bytes = await say(`${what} could not be written as ${codec.kind}`, () => codec.write(value))
    const metadata = { kind: codec.kind, mediaType: codec.mediaType }
    if (bytes instanceof Uint8Array) return { bytes, metadata }
    throw new TypeError(
      `${what}: the write function of ${codec.kind} must return a Uint8Array, got ${showValue(bytes)}.`,
    )
  },
  async read(bytes, { artifact, what }) {
    const codec = codecOf(artifact, what)
    const value = await say(`${what} could not be read as ${codec.kind}`, () => codec.read(bytes))
    checkSchema(value, artifact, what)
    return value
  },
}

function codecOf({ codec }: Artifact, what: string): Codec {
  if (codec) return codec
  throw new TypeError(`${what} is of type bytes, but has no write and read. Make it with artifact({ … }) or bytes().`)
}

async function say(what: string, work: () => unknown): Promise<unknown> {
  try {
    return await work()
  } catch (cause) {
    throw new Error(`${what}: ${cause instanceof Error ? cause.message : showValue(cause)}`, { cause })
  }
}
