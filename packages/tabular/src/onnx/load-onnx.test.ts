import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { classLabels, labels, target, trained, wisconsin } from '../../test/wisconsin.ts'
import { splitByRowHash } from '../hold-out/split-by-row-hash.ts'
import { evaluate } from '../metrics/evaluate.ts'
import { flatMetrics } from '../metrics/flat-metrics.ts'
import { float64Column, stringColumn } from '../table/column.ts'
import { Table } from '../table/table.ts'
import { loadOnnx } from './load-onnx.ts'
import type { OnnxModel } from './onnx-model.ts'
import { type ModelSpec, writeModel } from './write-model.ts'

async function withModel(work: (model: OnnxModel, table: Table) => Promise<void>): Promise<void> {
  const { table, featureNames } = await wisconsin()
  const { train, test: held } = splitByRowHash(table, { seed: 'breast_cancer_classifier', columns: featureNames })
  const model = await loadOnnx(trained(train, featureNames, { seed: 42 }).onnx)
  try {
    await work(model, held)
  } finally {
    await model.close()
  }
}

test('a table is predicted by column name, whatever the order of its columns and whatever else it holds', async () => {
  await withModel(async (model, table) => {
    expect(model.classLabels).toEqual(classLabels)
    const shuffled = table
      .select([...table.columnNames].reverse())
      .withColumn(stringColumn('note', Array(table.rowCount).fill('x')))
    const first = await model.predictTable(table)
    expect(await model.predictTable(shuffled)).toEqual(first)
    expect(first.labels).toHaveLength(table.rowCount)
    expect(await model.predictTable(table.take([]))).toEqual({ labels: [], probabilities: new Float32Array(0) })
  })
})

test('a missing column, a text column, NaN and Infinity are refused with column and row', async () => {
  await withModel(async (model, table) => {
    const refusal = (changed: Table) => expect(model.predictTable(changed)).rejects
    const withValue = (value: number) => {
      const values = Float64Array.from(table.column('mean_area').values as Float64Array)
      values[6] = value
      return table.withColumn(float64Column('mean_area', values))
    }
    await refusal(table.drop(['mean_area'])).toMatchObject({ code: 'column_unknown', column: 'mean_area' })
    await refusal(table.withColumn(stringColumn('mean_area', Array(table.rowCount).fill('1')))).toMatchObject({
      code: 'column_kind',
    })
    await refusal(withValue(Number.NaN)).toMatchObject({ code: 'value_missing', column: 'mean_area', row: 7 })
    await refusal(withValue(Number.POSITIVE_INFINITY)).toMatchObject({
      code: 'value_invalid',
      column: 'mean_area',
      row: 7,
    })
    await refusal(withValue(1e39)).toMatchObject({ code: 'value_invalid', row: 7 })
    const raw = new Float32Array(60).fill(1)
    raw[33] = Number.NaN
    await expect(model.predict(raw, 2)).rejects.toMatchObject({ code: 'value_missing', column: 'mean_area', row: 2 })
    await expect(model.predict(raw, 3)).rejects.toMatchObject({ code: 'onnx_mismatch' })
  })
})

test('evaluation scores a table with labels, the same numbers each time', async () => {
  await withModel(async (model, table) => {
    const metrics = await evaluate(model, table, { target, positive: 'malignant', labels })
    expect(metrics).toMatchObject({ rowCount: 129, positive: 'malignant', confusion: { labels: classLabels } })
    const [[trueBenign, falseMalignant], [falseBenign, trueMalignant]] = metrics.confusion.counts as [
      [number, number],
      [number, number],
    ]
    expect(metrics.accuracy).toBe((trueBenign + trueMalignant) / 129)
    expect(metrics.precision).toBe(trueMalignant / (trueMalignant + falseMalignant))
    expect(metrics.recall).toBe(trueMalignant / (trueMalignant + falseBenign))
    expect(metrics.accuracy).toBeGreaterThan(0.95)
    expect(metrics.rocAuc).toBeGreaterThan(0.99)
    expect(metrics.prAuc).toBeGreaterThan(0.98)
    expect(metrics.logLoss).toBeLessThan(0.2)
    expect(metrics.brier).toBeLessThan(0.05)
    for (const [name, { low, high }] of Object.entries(metrics.intervals)) {
      const value = flatMetrics(metrics)[name]!
      expect(low <= value && value <= high, name).toBe(true)
    }
    expect(Object.keys(metrics.intervals)).toEqual([
      'accuracy',
      'precision',
      'recall',
      'roc_auc',
      'pr_auc',
      'log_loss',
      'brier',
    ])
    expect(await evaluate(model, table, { target, positive: 'malignant', labels })).toEqual(metrics)
    const benign = await evaluate(model, table, { target, positive: 'benign', labels })
    expect(benign.recall).toBe(trueBenign / (trueBenign + falseMalignant))
    expect(benign.rocAuc).toBeCloseTo(metrics.rocAuc!, 12)
    await expect(evaluate(model, table, { target, positive: 'cancer', labels })).rejects.toMatchObject({
      code: 'label_unknown',
    })
    await expect(evaluate(model, table, { target, positive: 'benign' })).rejects.toMatchObject({
      code: 'label_unknown',
      row: 1,
    })
  })
})

test('a closed model says so, and closing twice is harmless', async () => {
  await withModel(async (model) => {
    await model.close()
    await model.close()
    await expect(model.predict(new Float32Array(30), 1)).rejects.toThrow('The model was closed')
  })
})

const identity: ModelSpec = {
  irVersion: 8,
  producer: 'other',
  opsets: [{ domain: '', version: 15 }],
  graphName: 'g',
  nodes: [{ opType: 'Identity', inputs: ['features'], outputs: ['probabilities'] }],
  constants: [],
  inputs: [{ name: 'features', elementType: 'float', shape: ['N', 2] }],
  outputs: [{ name: 'probabilities', elementType: 'float', shape: ['N', 2] }],
  metadata: [
    { key: 'airlock.feature_names', value: '["a","b"]' },
    { key: 'airlock.class_labels', value: '["no","yes"]' },
  ],
}

test('scores of another maker that are no probabilities have a ROC AUC, and neither log loss nor Brier score', async () => {
  const scores = { name: 'probabilities', elementType: 'float', shape: ['N', 2] } as const
  const bytes = writeModel({
    ...identity,
    opsets: [...identity.opsets, { domain: 'ai.onnx.ml', version: 3 }],
    nodes: [
      ...identity.nodes,
      {
        opType: 'ArgMax',
        inputs: ['features'],
        outputs: ['index'],
        attributes: { axis: { int: 1 }, keepdims: { int: 0 } },
      },
      {
        domain: 'ai.onnx.ml',
        opType: 'LabelEncoder',
        inputs: ['index'],
        outputs: ['label'],
        attributes: { keys_int64s: { ints: [0, 1] }, values_strings: { strings: ['no', 'yes'] } },
      },
    ],
    outputs: [{ name: 'label', elementType: 'string', shape: ['N'] }, scores],
  })
  const model = await loadOnnx(bytes)
  try {
    const table = new Table([
      float64Column('a', [0, 2, 0, 1]),
      float64Column('b', [3, -1, 0.5, 1.5]),
      stringColumn('truth', ['yes', 'no', 'no', 'yes']),
    ])
    const metrics = await evaluate(model, table, { target: 'truth', positive: 'yes' })
    expect(metrics).toMatchObject({ accuracy: 0.75, rocAuc: 1, prAuc: 1, logLoss: null, brier: null })
    expect(Object.keys(flatMetrics(metrics))).not.toContain('log_loss')
    expect(metrics.intervals).not.toHaveProperty('brier')
  } finally {
    await model.close()
  }
})

test('a model that does not keep the contract, or that onnxruntime refuses, is refused', async () => {
  const loading = (changes: Partial<ModelSpec>) => expect(loadOnnx(writeModel({ ...identity, ...changes }))).rejects
  await loading({}).toMatchObject({ code: 'onnx_contract' })
  await loading({ metadata: [] }).toMatchObject({ code: 'onnx_contract' })
  await loading({ metadata: [{ key: 'airlock.feature_names', value: '["a",' }] }).toMatchObject({
    code: 'onnx_contract',
  })
  const label = { name: 'label', elementType: 'string', shape: ['N'] } as const
  await loading({ outputs: [label, ...identity.outputs] }).toMatchObject({ code: 'onnx_runtime' })
  await expect(loadOnnx(Uint8Array.of(1, 2, 3))).rejects.toMatchObject({ code: 'onnx_malformed' })
})

test('loading leaves no telemetry behind', async () => {
  await withModel(async () => {
    expect(process.env.ORT_DISABLE_TELEMETRY).toBe('1')
    expect(readdirSync(tmpdir()).filter((name) => name === '.ses' || name.startsWith('mat-debug-'))).toEqual([])
  })
})
