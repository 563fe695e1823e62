import { expect, test } from 'vitest'
import { jsonText, NotJsonError } from './json-text.ts'

test('equal values have equal text: keys sorted by UTF-16, numbers as ECMAScript writes them', () => {
  expect(jsonText({ b: 1, a: [true, null, 'x'], 10: -0, 9: 1e21 })).toBe('{"10":0,"9":1e+21,"a":[true,null,"x"],"b":1}')
  expect(jsonText({ '\u{1f600}': 1, '\ufb33': 2 })).toBe('{"\u{1f600}":1,"\ufb33":2}')
})

test('undefined properties are left out, and a shared object is no cycle', () => {
  const shared = { n: 1 }
  expect(jsonText({ a: shared, b: [shared], c: undefined })).toBe('{"a":{"n":1},"b":[{"n":1}]}')
})

const cycle: Record<string, unknown> = {}
cycle.self = [cycle]

test.each<[unknown, string]>([
  [Number.NaN, 'it is NaN'],
  [{ a: [1, Number.POSITIVE_INFINITY] }, '"a[1]" is Infinity'],
  [undefined, 'it is nothing'],
  [[undefined], '"[0]" is nothing'],
  // biome-ignore lint/suspicious/noSparseArray: a hole is what is tested.
  [[1, , 2], '"[1]" is nothing'],
  [{ f: () => {} }, '"f" is a function'],
  [{ n: 1n }, '"n" is the bigint 1'],
  [{ at: new Date() }, '"at" is a Date'],
  [new Map(), 'it is a Map'],
  [{ bytes: Float32Array.of(1) }, '"bytes" is a Float32Array'],
  ['half \ud800', 'it is the text'],
  [{ 'half \ud800': 1 }, 'is the text'],
  [cycle, '"self[0]" holds itself'],
])('what JSON would change is refused (%#)', (value, message) => {
  expect(() => jsonText(value)).toThrow(NotJsonError)
  expect(() => jsonText(value)).toThrow(message)
})
