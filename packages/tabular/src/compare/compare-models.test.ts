import { beforeAll, expect, test } from 'vitest'
import { trained, wisconsin } from '../../test/wisconsin.ts'
import { rowKeys } from '../hold-out/row-keys.ts'
import { splitByRowHash } from '../hold-out/split-by-row-hash.ts'
import { stringColumn } from '../table/column.ts'
import type { Table } from '../table/table.ts'
import { type CompareModelsOptions, compareModels } from './compare-models.ts'

let whole: Table
let features: string[]
let options: CompareModelsOptions
const words = (table: Table) =>
  table.withColumn(
    stringColumn(
      'diagnosis',
      [...table.column('target').values].map((value) => (Number(value) === 0 ? 'malignant' : 'benign')),
    ),
  )

/** A version trained with these settings, and the keys of what it saw. */
function contender({ train, names = features, trees = 20 }: { train: Table; names?: string[]; trees?: number }) {
  return { model: trained(train, names, { seed: trees, trees }).onnx, trainedOn: rowKeys(train, names) }
}

beforeAll(async () => {
  const { table, featureNames } = await wisconsin()
  whole = table
  features = featureNames
  const { train, test: held } = splitByRowHash(table, { seed: 'breast_cancer_classifier', columns: featureNames })
  options = {
    champion: contender({ train, trees: 3 }),
    challenger: contender({ train, trees: 30 }),
    holdOut: words(held),
    target: 'diagnosis',
    definition: {
      ...{
        name: 'held-out',
        positive: 'malignant',
        judgedBy: 'accuracy',
        margins: { accuracy: 0.05 },
        confidence: 0.95,
      },
      metrics: ['accuracy', 'recall', 'specificity', 'roc_auc'],
      slices: [{ name: 'large', feature: 'mean_radius', atLeast: 15 }],
      minimumSample: { rows: 100, ofEachClass: 20 },
    },
  }
})

test('two forests are compared on the rows that neither saw', async () => {
  const found = await compareModels(options)
  expect(found.rows).toBe(129)
  expect(Object.keys(found.metrics)).toEqual(['accuracy', 'recall', 'specificity', 'roc_auc'])
  expect(found.metrics.accuracy!.challenger.value).toBeGreaterThan(0.9)
  expect(found.disputedRows).toBe(found.disputed.length)
  expect(found.slices[0]).toMatchObject({ name: 'large', rows: expect.closeTo(40, -2) })
})

test('a version is not compared with itself', async () => {
  await expect(compareModels({ ...options, challenger: options.champion })).rejects.toThrow(
    'Champion and challenger are the same model, byte for byte.',
  )
})

test('rows that one was trained on are refused, with how many', async () => {
  const other = splitByRowHash(whole, { seed: 'another', columns: features })
  const challenger = contender({ train: other.train })
  await expect(compareModels({ ...options, challenger })).rejects.toThrow(
    /The challenger was trained on \d+ of the 129 rows to compare on.*one hold-out seed/,
  )
})

test('one row is enough to refuse', async () => {
  const one = rowKeys(options.holdOut.take([5]), features)
  await expect(compareModels({ ...options, champion: { ...options.champion, trainedOn: one } })).rejects.toThrow(
    'The champion was trained on 1 of the 129 rows',
  )
})

test('models of other columns are refused by name', async () => {
  const { train } = splitByRowHash(whole, { seed: 'breast_cancer_classifier', columns: features })
  const challenger = contender({ train, names: features.slice(1) })
  await expect(compareModels({ ...options, challenger })).rejects.toThrow(
    `different columns: only the champion has ${features[0]}; only the challenger has none.`,
  )
})

test('a slice by what is no feature is refused', async () => {
  const definition = { ...options.definition, slices: [{ name: 'old', feature: 'age', atLeast: 65 }] }
  await expect(compareModels({ ...options, definition })).rejects.toThrow('told by age, which is no feature')
})

test('a class or target that is not there is refused', async () => {
  await expect(
    compareModels({ ...options, definition: { ...options.definition, positive: 'unwell' } }),
  ).rejects.toThrow('"unwell" is no class')
  await expect(compareModels({ ...options, target: 'diagnosys' })).rejects.toThrow('Did you mean "diagnosis"?')
  await expect(compareModels({ ...options, holdOut: options.holdOut.take([]) })).rejects.toThrow('There are no rows')
})
