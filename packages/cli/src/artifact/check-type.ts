import { createReadStream } from 'node:fs'
import { open, readFile } from 'node:fs/promises'
import { type ArtifactType, PlatformError } from '@airlock-ml/contract'

/** Throws an error that says why a file is not of a type. */
const checks: Readonly<Record<ArtifactType, (file: string) => Promise<void>>> = {
  table: assertParquet,
  model: async (file) => {
    const { assertSafeOnnx } = await import('@airlock-ml/tabular')
    assertSafeOnnx(new Uint8Array(await readFile(file)))
  },
  json: async (file) => {
    JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file)))
  },
  text: async (file) => {
    const decoder = new TextDecoder('utf-8', { fatal: true })
    for await (const piece of createReadStream(file)) decoder.decode(piece as Uint8Array, { stream: true })
    decoder.decode()
  },
  bytes: async () => {},
}

const holds: Readonly<Record<ArtifactType, string>> = {
  table: 'a table, which is a Parquet file',
  model: 'a model, which is an ONNX graph',
  json: 'JSON',
  text: 'text in UTF-8',
  bytes: 'bytes',
}

/**
 * Holds a file against the type it is to be registered as, for a name keeps its type: what no pipeline could read would
 * stand under it for ever. Throws `cli_file_invalid`.
 */
export async function checkType(type: ArtifactType, { file, shown }: { file: string; shown: string }): Promise<void> {
  try {
    await checks[type](file)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.replace(/\.$/, '') : String(cause)
    const message = `${shown} is not ${holds[type]}: ${why}. Say with --type what it holds. Nothing was registered.`
    throw new PlatformError('cli_file_invalid', message, { type }, { cause })
  }
}

/** By the mark at its beginning and its end. */
async function assertParquet(file: string): Promise<void> {
  const handle = await open(file)
  try {
    const { size } = await handle.stat()
    for (const position of [0, size - 4]) {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(4), 0, 4, Math.max(position, 0))
      if (size < 12 || bytesRead < 4 || buffer.toString('latin1') !== 'PAR1')
        throw new Error(`it does not ${position === 0 ? 'begin' : 'end'} as one does`)
    }
  } finally {
    await handle.close()
  }
}
