const NEWLINE = 0x0a
/** Longer than any line that is right: an entry is at most as long as a request. */
const MAX_LINE_BYTES = 64 * 1024 * 1024

/**
 * Hands each line of a stream to `use`, without its newline. The line is part of the chunk and only lent: `use` must not
 * keep it. A last line without a newline counts. Throws for a line of more than 64 MiB.
 */
export const eachLine = async (chunks: AsyncIterable<Uint8Array>, use: (line: Buffer) => void): Promise<void> => {
  let rest: Buffer[] = []
  let restBytes = 0
  for await (const bytes of chunks) {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    let from = 0
    for (let to = chunk.indexOf(NEWLINE); to !== -1; to = chunk.indexOf(NEWLINE, from)) {
      const end = chunk.subarray(from, to)
      if (restBytes > 0) {
        use(Buffer.concat([...rest, end]))
        rest = []
        restBytes = 0
      } else {
        use(end)
      }
      from = to + 1
    }
    if (from === chunk.length) continue
    // Copied: a stream may fill its chunk anew.
    rest.push(Buffer.from(chunk.subarray(from)))
    restBytes += chunk.length - from
    if (restBytes > MAX_LINE_BYTES) throw new Error(`A line is longer than ${MAX_LINE_BYTES} bytes.`)
  }
  if (restBytes > 0) use(Buffer.concat(rest))
}
