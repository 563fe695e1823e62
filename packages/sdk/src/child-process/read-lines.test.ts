import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { readLines } from './read-lines.ts'

async function linesOf(...chunks: (string | Buffer)[]): Promise<string[]> {
  const lines: string[] = []
  await readLines(Readable.from(chunks.map((chunk) => Buffer.from(chunk))), (line) => lines.push(line))
  return lines
}

test('lines come whole, wherever the stream was cut, the last one without its end too', async () => {
  const euro = Buffer.from('€')
  expect(await linesOf('one\ntw', 'o\r\n', euro.subarray(0, 1), euro.subarray(1), '\n\nlast')).toEqual([
    ...['one', 'two', '€', '', 'last'],
  ])
})

test('a progress bar leaves what it showed last, and no colours', async () => {
  expect(await linesOf('10%\r50%\r\u001b[32m100%\u001b[0m\n')).toEqual(['100%'])
})

test('a line without an end is handed on in parts', async () => {
  const lines = await linesOf(...Array.from({ length: 5 }, () => 'x'.repeat(40_000)))
  expect(lines.map(({ length }) => length)).toEqual([65_536, 65_536, 65_536, 200_000 - 3 * 65_536])
})
