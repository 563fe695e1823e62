import {
  type Column,
  type FeatureBatch,
  float32Column,
  type Predictions,
  type StoredColumn,
  stringColumn,
  Table,
} from '@airlock-ml/tabular'

/** What every row of an output says, and which columns it has. */
export type PredictionColumns = {
  runId: string
  model: { name: string; number: number; digest: string }
  classLabels: readonly string[]
  hasKey: boolean
  /** Further columns that repeat the probability of a class, by their names. */
  copies: Readonly<Record<string, string>>
}

/** The columns of an output, in their order. */
export function storedColumns({ classLabels, hasKey, copies }: PredictionColumns): StoredColumn[] {
  const always = (kind: StoredColumn['kind']) => (name: string) => ({ name, kind, nullable: false })
  const text = always('string')
  const number = always('int64')
  const probability = always('float32')
  return [
    text('prediction_id'),
    number('row'),
    ...(hasKey ? [{ name: 'key', kind: 'string' as const }] : []),
    text('label'),
    ...classLabels.map((label) => probability(`probability_${label}`)),
    ...Object.keys(copies).map(probability),
    text('model_name'),
    number('model_version'),
    text('model_digest'),
    text('run_id'),
  ]
}

/** Makes a table of predictions for each batch. */
export function predictionTables(columns: PredictionColumns): (batch: FeatureBatch, answers: Predictions) => Table {
  const { runId, model, classLabels, hasKey, copies } = columns
  const copied = Object.entries(copies).map(([name, label]) => ({ name, at: classLabels.indexOf(label) }))
  return ({ rows, keys }, { labels, probabilities }) => {
    const count = rows.length
    const width = classLabels.length
    const byClass = classLabels.map((_, at) => {
      const values = new Float32Array(count)
      for (let row = 0; row < count; row++) values[row] = probabilities[row * width + at]!
      return values
    })
    const ids = new Array<string>(count)
    for (let row = 0; row < count; row++) ids[row] = `${runId}.${rows[row]!}`
    const same = (name: string, value: string): Column => ({
      name,
      kind: 'string',
      values: new Array<string>(count).fill(value),
    })
    return new Table([
      { name: 'prediction_id', kind: 'string', values: ids },
      { name: 'row', kind: 'int64', values: rows },
      ...(hasKey ? [stringColumn('key', keys ?? new Array<null>(count).fill(null))] : []),
      { name: 'label', kind: 'string', values: labels },
      ...classLabels.map((label, at) => float32Column(`probability_${label}`, byClass[at]!)),
      ...copied.map(({ name, at }) => float32Column(name, byClass[at]!)),
      same('model_name', model.name),
      { name: 'model_version', kind: 'int64', values: new Float64Array(count).fill(model.number) },
      same('model_digest', model.digest),
      same('run_id', runId),
    ])
  }
}
