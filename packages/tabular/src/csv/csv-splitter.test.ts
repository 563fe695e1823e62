import { expect, test } from 'vitest'
import { CsvSplitter } from './csv-splitter.ts'

function split(text: string, chunkLength = text.length || 1): string[][] {
  const records: string[][] = []
  const splitter = new CsvSplitter((cells) => records.push([...cells]))
  for (let at = 0; at < text.length; at += chunkLength) splitter.push(text.slice(at, at + chunkLength))
  splitter.end()
  return records
}

const cases: [string, string[][]][] = [
  ['', []],
  ['\n\r\n\r', []],
  ['a', [['a']]],
  [
    'a,b\n1,2',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
  ],
  [
    'a,b\r\n1,2\r\n\r\n3,\r\n',
    [
      ['a', 'b'],
      ['1', '2'],
      ['3', ''],
    ],
  ],
  ['a\rb\r', [['a'], ['b']]],
  [
    ',\n,',
    [
      ['', ''],
      ['', ''],
    ],
  ],
  ['"a"', [['a']]],
  [
    '"a,""b""\r\n",""\n"",c',
    [
      ['a,"b"\r\n', ''],
      ['', 'c'],
    ],
  ],
  ['""""\n', [['"']]],
]

test('text becomes the same records however it is cut into chunks', () => {
  for (const [text, records] of cases) {
    for (let length = 1; length <= Math.max(1, text.length); length++) expect(split(text, length)).toEqual(records)
  }
})

test('quotes that do not fit are refused with their row, and so is a record without an end', () => {
  for (const text of ['h\n"a', 'h\n"a"b\n', 'h\na"b\n', 'h\n "b\n', `h\n"${'x,\n'.repeat(400_000)}`]) {
    for (const length of [text.length, 700]) {
      expect(() => split(text, length), text.slice(0, 10)).toThrow(
        expect.objectContaining({ code: 'csv_malformed', row: 1 }),
      )
    }
  }
})
