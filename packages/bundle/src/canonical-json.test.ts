import { sha256Hex } from '@airlock-ml/stack'
import { expect, test } from 'vitest'
import { canonicalJson, digestOf } from './canonical-json.ts'

const textOf = (value: unknown): string => new TextDecoder().decode(canonicalJson(value))

test('one value has one spelling, as RFC 8785 says', () => {
  expect(textOf({ b: [1e21, 0.1, -0, 4.5e-7], a: { z: null, é: 'é\n', 'a b': true }, u: undefined })).toBe(
    '{"a":{"a b":true,"z":null,"é":"é\\n"},"b":[1e+21,0.1,0,4.5e-7]}',
  )
  expect(textOf({ '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 })).toBe(
    '{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}',
  )
  expect(digestOf({ b: 1, a: 2 })).toBe(sha256Hex('{"a":2,"b":1}'))
})

test('what JSON cannot say is refused', () => {
  for (const value of [undefined, { a: Number.NaN }, [Number.POSITIVE_INFINITY], { a: '\ud800' }]) {
    expect(() => canonicalJson(value)).toThrow()
  }
})
