import { expect, test } from 'vitest'
import { trained, wisconsin } from '../../test/wisconsin.ts'
import { splitByRowHash } from '../hold-out/split-by-row-hash.ts'
import { loadOnnx } from '../onnx/load-onnx.ts'
import { stringColumn } from '../table/column.ts'
import { trainingReport } from './training-report.ts'

test('a report holds metrics, curves, calibration and importance of held-out rows, as plain JSON, and is repeatable', async () => {
  const { table, featureNames } = await wisconsin()
  const words = [...table.column('target').values].map((value) => (Number(value) === 0 ? 'malignant' : 'benign'))
  const { train, test: held } = splitByRowHash(table.withColumn(stringColumn('diagnosis', words)), {
    seed: 'breast_cancer_classifier',
    columns: featureNames,
  })
  const model = await loadOnnx(trained(train, featureNames, { seed: 1, trees: 10 }).onnx)
  const options = {
    title: 'T',
    target: 'diagnosis',
    positive: 'malignant',
    seed: 1,
    parameters: { trees: 10 },
    data: {},
    environment: {},
  }
  try {
    const report = await trainingReport(model, held, options)
    expect(JSON.parse(JSON.stringify(report))).toEqual(report)
    expect(await trainingReport(model, held, options)).toEqual(report)
    expect(report.rows).toBe(129)
    expect(Object.keys(report.metrics)).toEqual(
      expect.arrayContaining(['accuracy', 'roc_auc', 'pr_auc', 'log_loss', 'brier']),
    )
    expect(report.importance).toHaveLength(30)
    expect(report.roc.at(-1)).toEqual({ falsePositiveRate: 1, truePositiveRate: 1 })
    await expect(trainingReport(model, held, { ...options, positive: 'unwell' })).rejects.toThrow('is no class')
  } finally {
    await model.close()
  }
})
