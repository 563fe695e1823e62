import { type ChildProcess, fork } from 'node:child_process'
import { extname, join } from 'node:path'
import type { Readable } from 'node:stream'
import type { MadePart } from './make-part.ts'
import { BYTES_FD, type FromMaker, type ToMaker } from './maker-messages.ts'

const program = join(import.meta.dirname, `make-part.child${extname(import.meta.filename)}`)

/** Makes parts in a process of their own, one after the other, so that answering does not wait for them. */
export type PartMaker = {
  /**
   * Makes the part of a segment at the lowest priority, since whoever asks for predictions comes first; one that is
   * urgent has the priority of everybody.
   */
  make: (segment: string, options?: { isUrgent?: boolean }) => Promise<MadePart>
  /** Of the process; none before the first part is asked for. */
  pid: () => number | undefined
  close: () => Promise<void>
}

type Maker = { child: ChildProcess; isUrgent: boolean; gone: Promise<void> }

export function openPartMaker(inputsKey: Uint8Array): PartMaker {
  let maker: Maker | null = null
  let isClosed = false

  const started = (isUrgent: boolean): Maker => {
    const child = fork(program, isUrgent ? ['urgent'] : [], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc', 'pipe'],
    })
    const gone = new Promise<void>((resolve) => {
      for (const event of ['exit', 'error'] as const) child.once(event, () => resolve())
    })
    const made = { child, isUrgent, gone }
    void gone.then(() => {
      if (maker === made) maker = null
    })
    // Only what is asked for keeps this process alive.
    child.unref()
    child.channel?.unref()
    return made
  }
  const end = async () => {
    // Its end is waited for, though nothing else keep this process alive.
    maker?.child.ref()
    maker?.child.kill('SIGKILL')
    await maker?.gone
  }
  return {
    make: async (segment, { isUrgent = false } = {}) => {
      if (maker && maker.isUrgent !== isUrgent) await end()
      if (isClosed) throw new Error('The log is closed: its parts are made at the next start.')
      maker ??= started(isUrgent)
      return await asked(maker, { segment, inputsKey: Buffer.from(inputsKey).toString('base64') })
    },
    pid: () => maker?.child.pid,
    close: async () => {
      isClosed = true
      await end()
    },
  }
}

async function asked({ child, gone }: Maker, task: ToMaker): Promise<MadePart> {
  const ended = gone.then(() => Promise.reject(new Error('The process that makes parts ended.')))
  ended.catch(() => {})
  const said = new Promise<FromMaker>((resolve) => child.once('message', resolve))
  child.channel?.ref()
  try {
    child.send(task, () => {})
    const answer = await Promise.race([said, ended])
    if ('failed' in answer) throw new Error(answer.failed)
    const { part, ...made } = answer.made
    if (part === null) return { part, ...made }
    const { sizeBytes, ...about } = part
    const bytes = await Promise.race([readBytes(child.stdio[BYTES_FD] as Readable, sizeBytes), ended])
    return { part: { bytes, ...about }, ...made }
  } finally {
    child.channel?.unref()
  }
}

/** In the pieces that a pipe gives: bytes of a message would be put together by a copy for each of them. */
async function readBytes(pipe: Readable, sizeBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(sizeBytes)
  let at = 0
  return await new Promise((resolve) => {
    const take = (piece: Buffer) => {
      bytes.set(piece, at)
      at += piece.length
      if (at < sizeBytes) return
      pipe.off('data', take).pause()
      resolve(bytes)
    }
    pipe.on('data', take).resume()
  })
}
