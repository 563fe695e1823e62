import { expect, test } from 'vitest'
import { crossValidate, stratifiedFolds } from './stratified-folds.ts'

const labels = Array.from({ length: 103 }, (_, i) => (i % 4 === 0 ? 'rare' : 'common'))

test('every row is tested once, trained on otherwise, and folds are of one size and one mix', () => {
  const folds = stratifiedFolds(labels, { folds: 5, seed: 1 })
  expect(folds.flatMap(({ test }) => [...test]).sort((a, b) => a - b)).toEqual([...labels.keys()])
  for (const { train, test } of folds) {
    expect([...train, ...test].sort((a, b) => a - b)).toEqual([...labels.keys()])
    expect([20, 21]).toContain(test.length)
    expect([5, 6]).toContain(test.filter((row) => labels[row] === 'rare').length)
  }
})

test('one seed gives one parting, another seed another', () => {
  expect(stratifiedFolds(labels, { seed: 1 })).toEqual(stratifiedFolds(labels, { seed: 1 }))
  expect(stratifiedFolds(labels, { seed: 1 })).not.toEqual(stratifiedFolds(labels, { seed: 2 }))
})

test('a class with fewer rows than folds is refused by name', () => {
  expect(() => stratifiedFolds(['a', 'a', 'b'], { folds: 2, seed: 1 })).toThrow(
    'Class "b" has 1 row, too few for 2 folds. Use fewer folds',
  )
  expect(() => stratifiedFolds(labels, { folds: 1, seed: 1 })).toThrow('folds is 1')
  expect(() => stratifiedFolds(labels, { seed: 0.5 })).toThrow('seed')
})

test('cross-validation gives the mean of the folds’ scores and how they spread', async () => {
  let at = 0
  const found = await crossValidate(labels, { folds: 4, seed: 1, score: () => Promise.resolve([1, 2, 3, 6][at++]!) })
  expect(found).toEqual({ scores: [1, 2, 3, 6], mean: 3, standardDeviation: Math.sqrt(14 / 3) })
})
