import { expect, test } from 'vitest'
import { didYouMean, nearestNames } from './nearest-names.ts'

const names = ['mean_radius', 'mean_texture', 'worst_radius', 'target']

test('the nearest names come first, and only near ones come', () => {
  expect(nearestNames('mean_radus', names)).toEqual(['mean_radius'])
  expect(nearestNames('Target', names)).toEqual(['target'])
  expect(nearestNames('x', names)).toEqual([])
})

test('a hint names what was meant, else what there is, else that there is nothing', () => {
  expect(didYouMean('targt', names)).toBe('Did you mean "target"?')
  expect(didYouMean('x', names)).toBe('There is: "mean_radius", "mean_texture", "worst_radius", "target".')
  expect(
    didYouMean(
      'x',
      Array.from({ length: 9 }, (_, i) => `column ${i}`),
    ),
  ).toMatch(/"column 7", …\.$/)
  expect(didYouMean('x', [])).toBe('There is: no column.')
})

test('names of any length are compared in bounded time', () => {
  const long = 'x'.repeat(1_000_000)
  expect(nearestNames(long, [`${long}y`])).toEqual([`${long}y`])
})
