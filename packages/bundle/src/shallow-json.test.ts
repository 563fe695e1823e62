import { expect, test } from 'vitest'
import { maxJsonDepth, parseShallowJson } from './shallow-json.ts'

const nested = (depth: number) => Buffer.from(`${'['.repeat(depth)}${']'.repeat(depth)}`)

test('what is nested too deep is refused before it is parsed, however deep', () => {
  expect(parseShallowJson(nested(maxJsonDepth))).toBeInstanceOf(Array)
  expect(() => parseShallowJson(nested(maxJsonDepth + 1))).toThrow('nested more than 100 deep')
  expect(() => parseShallowJson(nested(4_000_000))).toThrow('nested more than 100 deep')
})

test('brackets in texts, beside each other, and behind escaped quotes count for nothing', () => {
  const value = {
    a: '['.repeat(500),
    b: Array.from({ length: 500 }, () => ({})),
    c: `"\\"{${'{'.repeat(500)}`,
    d: '\\',
  }
  expect(parseShallowJson(Buffer.from(JSON.stringify(value)))).toEqual(value)
  expect(() => parseShallowJson(Buffer.from('{"a":'))).toThrow()
})
