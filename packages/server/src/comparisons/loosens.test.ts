import { type ComparisonDeclaration, ComparisonDefinition } from '@airlock-ml/contract'
import { expect, test } from 'vitest'
import { loosens } from './loosens.ts'

const early = { name: 'early', feature: 'radius', below: 15 }
const late = { name: 'late', feature: 'radius', atLeast: 15 }
const base: ComparisonDeclaration = {
  ...{ name: 'live-quality', model: 'risk', positive: 'yes', judgedBy: 'accuracy', confidence: 0.95 },
  metrics: ['accuracy', 'recall', 'specificity'],
  margins: { accuracy: 0.05 },
  slices: [early, late],
  minimumSample: { rows: 100, ofEachClass: 20 },
}
const parse = (change: Partial<ComparisonDeclaration>) => ComparisonDefinition.parse({ ...base, ...change })

test.each<[string, Partial<ComparisonDeclaration>]>([
  ['nothing', {}],
  ['another order', { metrics: ['specificity', 'recall', 'accuracy'], slices: [late, early] }],
  ['a smaller margin', { margins: { accuracy: 0.04 } }],
  ['a margin of one more metric', { margins: { accuracy: 0.05, recall: 0.1 } }],
  ['more rows', { minimumSample: { rows: 101, ofEachClass: 21 } }],
])('%s does not loosen', (_, change) => {
  expect(loosens(parse({}), parse(change))).toBe(false)
})

test.each<[string, Partial<ComparisonDeclaration>]>([
  ['a larger margin', { margins: { accuracy: 0.051 } }],
  ['fewer rows', { minimumSample: { rows: 99, ofEachClass: 20 } }],
  ['fewer rows of each class', { minimumSample: { rows: 100, ofEachClass: 19 } }],
  ['a lower confidence', { confidence: 0.94 }],
  ['a higher confidence, which finds less to be worse', { confidence: 0.99 }],
  ['a metric that is gone', { metrics: ['accuracy', 'recall'] }],
  ['one more metric, which corrects the others', { metrics: ['accuracy', 'recall', 'specificity', 'roc_auc'] }],
  ['a slice that is gone', { slices: [early] }],
  ['one more slice, which corrects the others', { slices: [early, late, { ...late, name: 'later', atLeast: 20 }] }],
  ['a slice of other rows', { slices: [early, { ...late, atLeast: 16 }] }],
  ['another positive class', { positive: 'no' }],
  ['another metric to be judged by', { judgedBy: 'recall', margins: { accuracy: 0.05, recall: 0.05 } }],
  ['another model', { model: 'price' }],
])('%s loosens', (_, change) => {
  expect(loosens(parse({}), parse(change))).toBe(true)
})

test('one good thing for one bad loosens, and so does a margin that is gone', () => {
  const both = parse({ margins: { accuracy: 0.05, recall: 0.05 } })
  expect(loosens(both, parse({}))).toBe(true)
  expect(loosens(parse({}), parse({ margins: { accuracy: 0.01 }, slices: [] }))).toBe(true)
})

test('the first of a name loosens: a gate could take what is judged by it', () => {
  expect(loosens(null, parse({}))).toBe(true)
})

test('what is not known loosens, whichever way it changes', () => {
  const future = { ...parse({}), power: 0.8 } as ComparisonDefinition
  expect(loosens(parse({}), future)).toBe(true)
  expect(loosens(future, parse({}))).toBe(true)
  expect(loosens(future, future)).toBe(false)
})
