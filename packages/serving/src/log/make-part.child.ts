// Makes the parts of a prediction log, so that nothing of it, the collection of its garbage included, runs in the process
// that answers.
import { createWriteStream } from 'node:fs'
import { takeLowestPriority } from './lowest-priority.ts'
import { makePart } from './make-part.ts'
import { BYTES_FD, type FromMaker, type ToMaker } from './maker-messages.ts'

const tell = (message: FromMaker) => process.send?.(message, () => {})

if (import.meta.main) {
  if (process.argv[2] !== 'urgent') takeLowestPriority()
  const bytesTo = createWriteStream('', { fd: BYTES_FD })
  process.on('disconnect', () => process.exit())
  // It may have been left while it started.
  if (!process.connected) process.exit()
  // Whoever started it decides when it ends: Ctrl-C reaches both.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {})
  process.on('message', async ({ segment, inputsKey }: ToMaker) => {
    try {
      const { part, ...made } = await makePart(segment, Buffer.from(inputsKey, 'base64'))
      if (part === null) return tell({ made: { part, ...made } })
      const { bytes, ...about } = part
      tell({ made: { part: { sizeBytes: bytes.length, ...about }, ...made } })
      bytesTo.write(bytes)
    } catch (error) {
      tell({ failed: error instanceof Error ? error.message : String(error) })
    }
  })
}
