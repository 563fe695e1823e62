import { expect, test } from 'vitest'
import { booleanColumn, float64Column, int64Column, stringColumn } from '../table/column.ts'
import { Table } from '../table/table.ts'
import { accuracyOf, classScores, confusionMatrix } from './confusion-matrix.ts'
import { labelIndexes } from './label-indexes.ts'
import { rocAuc } from './roc-auc.ts'

const actual = ['cat', 'dog', 'cat', 'cat', 'dog', 'bird', 'bird']
const predicted = ['cat', 'cat', 'dog', 'cat', 'dog', 'bird', 'cat']
const labels = ['bird', 'cat', 'dog']

test('a confusion matrix counts rows by true class, columns by predicted class', () => {
  expect(confusionMatrix(actual, predicted, labels).counts).toEqual([
    [1, 1, 0],
    [0, 2, 1],
    [0, 1, 1],
  ])
})

test('accuracy, precision, recall and F1 are those worked out by hand', () => {
  const matrix = confusionMatrix(actual, predicted, labels)
  expect(accuracyOf(matrix)).toBe(4 / 7)
  // Of 4 predicted cats 2 are cats; of 3 cats 2 were found: F1 = 2 · ½ · ⅔ / (½ + ⅔) = 4/7.
  expect(classScores(matrix, 'cat')).toEqual({ precision: 1 / 2, recall: 2 / 3, f1: expect.closeTo(4 / 7, 15) })
  expect(classScores(matrix, 'bird')).toEqual({ precision: 1, recall: 1 / 2, f1: 2 / 3 })
})

test('ratios without a denominator are 0', () => {
  const matrix = confusionMatrix(['a', 'a'], ['a', 'a'], ['a', 'b'])
  expect(classScores(matrix, 'b')).toEqual({ precision: 0, recall: 0, f1: 0 })
  expect(accuracyOf(confusionMatrix([], [], ['a']))).toBe(0)
})

test('labels that are no class are refused with their row', () => {
  expect(() => confusionMatrix(['cat', 'fish'], ['cat', 'cat'], labels)).toThrow('Row 2: "fish" is no class')
  expect(() => classScores(confusionMatrix([], [], labels), 'fish')).toThrow('"fish" is no class')
  expect(() => confusionMatrix(['cat'], [], labels)).toThrow('1 true labels and 0 predictions')
})

test('ROC AUC counts ordered pairs, ties as half', () => {
  // Pairs of positive and negative in order: 0.35 > 0.1; 0.8 > 0.1, 0.8 > 0.4; but 0.35 < 0.4: 3 of 4.
  expect(rocAuc([false, false, true, true], [0.1, 0.4, 0.35, 0.8])).toBe(0.75)
  expect(rocAuc([true, false, true], [0.5, 0.5, 0.5])).toBe(0.5)
  // One pair tied, one in order, of two.
  expect(rocAuc([false, true, true], [0.3, 0.3, 0.9])).toBe(0.75)
  expect(rocAuc([true, false], [0, 1])).toBe(0)
  expect(rocAuc([false, true, false, true], Float32Array.of(0, 1, 0, 1))).toBe(1)
})

test('ROC AUC equals the count over all pairs on many rows with ties', () => {
  const scores = Array.from({ length: 300 }, (_, i) => ((i * 7919) % 41) / 41)
  const positive = Array.from({ length: 300 }, (_, i) => (i * 104_729) % 3 === 0)
  let sum = 0
  let pairs = 0
  for (let i = 0; i < 300; i++) {
    for (let j = 0; j < 300; j++) {
      if (!positive[i] || positive[j]) continue
      pairs++
      sum += scores[i]! > scores[j]! ? 1 : scores[i] === scores[j] ? 0.5 : 0
    }
  }
  expect(rocAuc(positive, scores)).toBeCloseTo(sum / pairs, 12)
})

test('ROC AUC of a single class says nothing, and of NaN is refused', () => {
  expect(rocAuc([true, true], [0.1, 0.9])).toBeNull()
  expect(rocAuc([], [])).toBeNull()
  expect(() => rocAuc([true, false], [0.1, Number.NaN])).toThrow('NaN')
  expect(() => rocAuc([true], [])).toThrow('1 true labels and 0 scores')
})

test('labels are read from text, numbers and truth values, through what they mean', () => {
  const table = new Table([
    int64Column('target', [0, 1, 1]),
    stringColumn('diagnosis', ['malignant', 'benign', 'benign']),
    booleanColumn('ill', [true, false, false]),
    float64Column('gap', [0, null, 1]),
  ])
  const classLabels = ['benign', 'malignant']
  const byNumber = { 0: 'malignant', 1: 'benign' }
  expect([...labelIndexes(table, { target: 'target', classLabels, labels: byNumber })]).toEqual([1, 0, 0])
  expect([...labelIndexes(table, { target: 'diagnosis', classLabels })]).toEqual([1, 0, 0])
  expect([
    ...labelIndexes(table, { target: 'ill', classLabels, labels: { true: 'malignant', false: 'benign' } }),
  ]).toEqual([1, 0, 0])
  expect(() => labelIndexes(table, { target: 'target', classLabels })).toThrow('Row 1: "0" is no class')
  expect(() => labelIndexes(table, { target: 'gap', classLabels, labels: byNumber })).toThrow('Row 2 has no label')
  expect(() =>
    labelIndexes(new Table([stringColumn('t', ['toString'])]), { target: 't', classLabels, labels: {} }),
  ).toThrow('no class')
})
