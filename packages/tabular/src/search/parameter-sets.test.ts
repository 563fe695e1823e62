import { expect, expectTypeOf, test } from 'vitest'
import { parameterGrid, randomParameters } from './parameter-sets.ts'

test('a grid is every combination, the last parameter changing fastest', () => {
  const sets = parameterGrid({ trees: [50, 100], mode: ['a', 'b', 'c'] })
  expect(sets.map(({ trees, mode }) => `${trees}${mode}`)).toEqual(['50a', '50b', '50c', '100a', '100b', '100c'])
  expectTypeOf(sets[0]!.mode).toEqualTypeOf<'a' | 'b' | 'c'>()
  expect(parameterGrid({})).toEqual([{}])
})

test('an empty list and a grid too large are refused', () => {
  expect(() => parameterGrid({ trees: [] })).toThrow('Parameter "trees" has no values')
  const hundred = Array.from({ length: 101 }, (_, i) => i)
  expect(() => parameterGrid({ a: hundred, b: hundred })).toThrow('10201 combinations, more than 10000')
})

test('random sets stay in their ranges, and more of them keep the first ones', () => {
  const space = {
    rate: { low: 0.001, high: 1, scale: 'log' },
    depth: { low: 2, high: 4, integer: true },
    on: [true],
  } as const
  const sets = randomParameters(space, { count: 3_000, seed: 1 })
  expectTypeOf(sets[0]!.rate).toEqualTypeOf<number>()
  for (const { rate, depth, on } of sets) {
    expect(rate >= 0.001 && rate <= 1 && [2, 3, 4].includes(depth) && on).toBe(true)
  }
  // By powers of ten, a third of the draws lies in each decade; whole numbers are equally likely.
  expect(sets.filter(({ rate }) => rate < 0.01).length / 3_000).toBeCloseTo(1 / 3, 1)
  for (const depth of [2, 3, 4]) expect(sets.filter((set) => set.depth === depth).length / 3_000).toBeCloseTo(1 / 3, 1)
  expect(randomParameters(space, { count: 5, seed: 1 })).toEqual(sets.slice(0, 5))
  expect(randomParameters(space, { count: 5, seed: 2 })).not.toEqual(sets.slice(0, 5))
})

test('ranges that are none are refused', () => {
  const wrong = [
    { low: 2, high: 1 },
    { low: 0, high: 1, scale: 'log' as const },
    { low: 0.5, high: 2, integer: true },
    { low: 0, high: Number.POSITIVE_INFINITY },
  ]
  for (const range of wrong) {
    expect(() => randomParameters({ rate: range }, { count: 1, seed: 1 })).toThrow('The range of "rate"')
  }
  expect(() => randomParameters({ rate: [] }, { count: 1, seed: 1 })).toThrow('no values')
  expect(() => randomParameters({}, { count: 0, seed: 1 })).toThrow('count is 0')
})
