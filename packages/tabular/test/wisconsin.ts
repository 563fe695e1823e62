import { fileURLToPath } from 'node:url'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import {
  exportOnnx,
  featureMatrix,
  labelIndexes,
  RandomForest,
  type RandomForestOptions,
  readCsv,
  StandardScaler,
  type Table,
} from '../src/index.ts'

export const target = 'target'
export const labels = { 0: 'malignant', 1: 'benign' }
export const classLabels = ['benign', 'malignant']

/** The reference data set of the template. */
export async function wisconsin(): Promise<{ table: Table; featureNames: string[] }> {
  const table = await readCsv(
    fileURLToPath(new URL('../../../template/data/breast_cancer_wisconsin.csv', import.meta.url)),
  )
  return { table, featureNames: table.columnNames.filter((name) => name !== target) }
}

/** Scaler, forest and graph, trained on the table. */
export function trained(table: Table, featureNames: readonly string[], options: RandomForestOptions) {
  const features = featureMatrix(table, featureNames)
  const scaler = StandardScaler.fit(features)
  const forest = RandomForest.train(
    scaler.transform(features),
    labelIndexes(table, { target, classLabels, labels }),
    options,
  )
  return { scaler, forest, onnx: exportOnnx({ scaler, classifier: forest, featureNames, classLabels }) }
}

/** A random 80/20 split that keeps the shares of the classes. */
export function stratifiedSplit(table: Table, seed: number): { train: Table; test: Table } {
  const random = xoroshiro128plus(seed)
  random.jump()
  const classes = labelIndexes(table, { target, classLabels, labels })
  const train: number[] = []
  const test: number[] = []
  for (const [index] of classLabels.entries()) {
    const rows = [...classes.keys()].filter((row) => classes[row] === index)
    for (let i = rows.length - 1; i > 0; i--) {
      const j = uniformInt(random, 0, i)
      ;[rows[i], rows[j]] = [rows[j]!, rows[i]!]
    }
    const held = Math.round(rows.length * 0.2)
    test.push(...rows.slice(0, held))
    train.push(...rows.slice(held))
  }
  return { train: table.take(train), test: table.take(test) }
}
