import { randomUUID } from 'node:crypto'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { TableError } from '../table/table-error.ts'

/** Where a file's bytes go, one piece after the other. A piece may be used again once its write has ended. */
export interface ByteSink {
  write(bytes: Uint8Array): Promise<void>
  /** All bytes are written: make them the file. */
  finish(): Promise<void>
  /** There will be no file. */
  discard(): Promise<void>
}

/** Bytes that are kept in memory. */
export class MemorySink implements ByteSink {
  readonly #pieces: Uint8Array[] = []

  get bytes(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.#pieces))
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#pieces.push(new Uint8Array(bytes))
  }

  async finish(): Promise<void> {}

  async discard(): Promise<void> {
    this.#pieces.length = 0
  }
}

/** A stream of the caller's. Writing waits until the stream has taken the piece, so a slow stream slows the writer. */
function streamSink(stream: Writable): ByteSink {
  // Faults reach the writer by the callbacks below; without a listener they would end the process, too.
  stream.on('error', () => undefined)
  return {
    // A copy: a stream may pass a piece on and say that it is done while somebody further down still holds it.
    write: (bytes) =>
      new Promise((resolve, reject) =>
        stream.write(new Uint8Array(bytes), (error) => (error ? reject(error) : resolve())),
      ),
    finish: async () => {
      stream.end()
      await finished(stream, { readable: false })
    },
    discard: async () => {
      stream.destroy()
    },
  }
}

/** A file that is whole or not there: written as a draft beside it, flushed to the disk, and then renamed. */
async function fileSink(path: string, mark: string = randomUUID()): Promise<ByteSink> {
  const draft = `${path}.${mark}.tmp`
  const file = await orUnwritable(path, () => open(draft, 'w'))
  return {
    write: (bytes) => orUnwritable(path, () => file.writeFile(bytes)),
    finish: () =>
      orUnwritable(path, async () => {
        await flushAndClose(file)
        await rename(draft, path)
        if (process.platform !== 'win32') await flushAndClose(await open(dirname(path)))
      }),
    discard: async () => {
      await file.close()
      await rm(draft, { force: true })
    },
  }
}

/** The sink of a path or of a stream. Throws `TableError` `file_unwritable`. */
export async function sinkOf(target: string | Writable, mark: string | undefined): Promise<ByteSink> {
  return target instanceof Writable ? streamSink(target) : await fileSink(target, mark)
}

async function flushAndClose(file: FileHandle): Promise<void> {
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

async function orUnwritable<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    const message = `The file ${path} cannot be written: ${(cause as Error).message}. Check its folder, your rights there, and the room on the disk.`
    throw new TableError('file_unwritable', message, { cause })
  }
}
