import { expect, test } from 'vitest'
import { claimsOf } from './claims.ts'

test('claims are pairs, whose text may hold an equals sign', () => {
  expect(claimsOf(['repository_id=7', 'ref=refs/heads/a=b'])).toEqual({ repository_id: '7', ref: 'refs/heads/a=b' })
})

test.each([['=x'], ['x='], ['x'], ['']])('%j is no claim', (pair) => {
  expect(() => claimsOf([pair])).toThrow(expect.objectContaining({ code: 'cli_usage_invalid' }))
})

test('a claim given twice is refused', () => {
  expect(() => claimsOf(['a=1', 'a=2'])).toThrow(expect.objectContaining({ code: 'cli_usage_invalid' }))
})
