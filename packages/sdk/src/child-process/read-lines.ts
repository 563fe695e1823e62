import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { stripVTControlCharacters } from 'node:util'

// A program that never ends its line must not fill our memory.
const longestLine = 64 * 1024

/**
 * Hands on each line of a stream, without colours, and of a line that redraws itself (a progress bar) what it showed
 * last. Lines of more than 65,536 characters come in parts. Resolves when the stream ends or is destroyed.
 */
export async function readLines(stream: Readable, take: (line: string) => void): Promise<void> {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  const add = (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop()!
    for (const line of lines) take(shown(line))
    for (; rest.length > longestLine; rest = rest.slice(longestLine)) take(shown(rest.slice(0, longestLine)))
  }
  await new Promise<void>((resolve) => {
    stream.on('data', (chunk: Buffer) => add(decoder.write(chunk)))
    stream.once('close', resolve).once('error', () => resolve())
  })
  add(decoder.end())
  if (rest !== '') take(shown(rest))
}

const shown = (line: string) => stripVTControlCharacters(line.replace(/\r$/, '').replace(/^.*\r/s, ''))
