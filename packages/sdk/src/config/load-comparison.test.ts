import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { defineComparison } from '../define/comparison.ts'
import { comparisonNames, loadComparison } from './load-comparison.ts'

const sdk = JSON.stringify(join(import.meta.dirname, '../index.ts'))
let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'airlock-comparisons-'))
  await mkdir(join(dir, 'governance/comparisons'), { recursive: true })
})
afterEach(() => rm(dir, { recursive: true }))

const write = (name: string, source: string) => writeFile(join(dir, 'governance/comparisons', `${name}.ts`), source)
const declared = { name: 'live-quality', model: 'risk', positive: 'yes', margins: { accuracy: 0.05 } }
const source = (change: object) =>
  `import { defineComparison } from ${sdk}\nexport default defineComparison(${JSON.stringify({ ...declared, ...change })})`

test('a comparison comes whole, with its defaults', async () => {
  await write('live-quality', source({}))
  await write('broken', 'throw new Error("imported")')
  expect(await comparisonNames(dir)).toEqual(['broken', 'live-quality'])
  expect(await loadComparison(dir, 'live-quality')).toEqual({
    ...declared,
    metrics: ['accuracy', 'recall', 'specificity', 'roc_auc'],
    judgedBy: 'accuracy',
    slices: [],
    minimumSample: { rows: 100, ofEachClass: 20 },
    confidence: 0.95,
  })
})

test.each([
  ['a margin of nothing', { margins: { accuracy: 0 } }, 'margins.accuracy'],
  ['no margin for what it is judged by', { judgedBy: 'recall' }, 'has none for recall'],
  ['a margin of what is not compared', { metrics: ['accuracy'], margins: { accuracy: 0.1, recall: 0.1 } }, 'recall'],
  ['an unknown metric', { metrics: ['accurcy'] }, 'Did you mean "accuracy"?'],
  ['a slice of everything', { slices: [{ name: 'all', feature: 'age' }] }, 'needs `atLeast`, `below` or both'],
  ['an empty slice', { slices: [{ name: 'old', feature: 'age', atLeast: 9, below: 9 }] }, 'holds no number'],
  ['certainty', { confidence: 1 }, 'confidence'],
  ['an unknown part', { minimumSamples: 3 }, 'Did you mean "minimumSample"?'],
  ['another name than its file', { name: 'other' }, 'holds the comparison "other"'],
])('%s is refused in words', async (_, change, message) => {
  await write('live-quality', source(change))
  await expect(loadComparison(dir, 'live-quality')).rejects.toMatchObject({
    code: 'comparison_invalid',
    message: expect.stringContaining(message),
  })
})

test('what cannot be loaded or is not there is said', async () => {
  await write('live-quality', 'throw new Error("no network")')
  await expect(loadComparison(dir, 'live-quality')).rejects.toThrow('no network')
  await write('empty', '')
  await expect(loadComparison(dir, 'empty')).rejects.toThrow('must be made by defineComparison({ … }), but is nothing')
  await expect(loadComparison(dir, 'live-qualty')).rejects.toMatchObject({
    code: 'comparison_file_not_found',
    message: expect.stringContaining('Did you mean "live-quality"?'),
  })
  await expect(loadComparison(dir, '../../outside')).rejects.toMatchObject({ code: 'comparison_file_not_found' })
})

test('a declaration is typed', () => {
  // @ts-expect-error No such metric.
  expect(() => defineComparison({ ...declared, judgedBy: 'f1' })).toThrow('judgedBy')
})
