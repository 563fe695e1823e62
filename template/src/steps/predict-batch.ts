import { model, type RunInfo, step, table } from '@airlock-ml/sdk'
import { float32Column, int64Column, loadOnnx, type Predictions, stringColumn, Table } from '@airlock-ml/tabular'

/** Scores every row with the pinned version. Each row says which version and run it comes from. */
export const predictBatch = step({
  name: 'predict_batch',
  inputs: { model: model(), features: table() },
  outputs: { predictions: table() },
  run: async ({ inputs, context }) => {
    const loaded = await loadOnnx(inputs.model)
    try {
      const answers = await loaded.predictTable(inputs.features)
      const predictions = predictionsTable(answers, loaded.classLabels, context.run)
      const malignant = answers.labels.filter((label) => label === 'malignant').length
      context.log.info(`${malignant} of ${predictions.rowCount} rows are taken for malignant`)
      context.logMetadata({ rows: predictions.rowCount, malignant })
      return { predictions }
    } finally {
      await loaded.close()
    }
  },
})

/** One row for each row of the input, in its order. Risk is P(malignant). */
export function predictionsTable(answers: Predictions, classLabels: readonly string[], run: RunInfo): Table {
  if (run.model === null)
    throw new Error('This run is pinned to no model version. Use it in a pipeline that has `uses`.')
  const { name, number, digest } = run.model
  const rows = answers.labels.length
  const probability = (label: string) => {
    const at = classLabels.indexOf(label)
    if (at < 0) throw new Error(`The model does not tell "${label}" apart. Train it on the labels of src/diagnosis.ts.`)
    return Float32Array.from({ length: rows }, (_, row) => answers.probabilities[row * classLabels.length + at]!)
  }
  const malignant = probability('malignant')
  const same = <T>(value: T): T[] => new Array<T>(rows).fill(value)
  return new Table([
    int64Column(
      'row',
      Array.from({ length: rows }, (_, row) => row + 1),
    ),
    stringColumn('label', answers.labels),
    float32Column('probability_benign', probability('benign')),
    float32Column('probability_malignant', malignant),
    float32Column('risk', malignant),
    stringColumn('model_name', same(name)),
    int64Column('model_version', same(number)),
    stringColumn('model_digest', same(digest)),
    stringColumn('run_id', same(run.id)),
  ])
}
