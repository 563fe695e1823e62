// A thread that reads, scores and writes its share of a table, and nothing else.
import { isMainThread, workerData } from 'node:worker_threads'
import {
  type DividedTable,
  float32Column,
  loadOnnx,
  openTableWriter,
  readFeatures,
  stringColumn,
  Table,
  type TablePart,
} from '@airlock-ml/tabular'

export type BareThread = {
  readonly input: string
  readonly table: Pick<DividedTable, 'format' | 'columns'>
  readonly parts: readonly TablePart[]
  readonly model: Uint8Array
  readonly output: string
}

async function score({ input, table, parts, model: bytes, output }: BareThread): Promise<void> {
  const model = await loadOnnx(bytes)
  const { classLabels } = model
  const probabilityColumns = classLabels.map((label) => `probability_${label}`)
  const writer = await openTableWriter(output, [
    { name: 'label', kind: 'string' },
    ...probabilityColumns.map((name) => ({ name, kind: 'float32' as const })),
  ])
  for (const part of parts) {
    for await (const { features, rows } of readFeatures(input, { table, part, features: model.featureNames })) {
      const { labels, probabilities } = await model.predict(features, rows.length)
      const columns = probabilityColumns.map((name, at) => {
        const values = new Float32Array(rows.length)
        for (let row = 0; row < rows.length; row++) values[row] = probabilities[row * classLabels.length + at]!
        return float32Column(name, values)
      })
      await writer.write(new Table([stringColumn('label', labels), ...columns]))
    }
  }
  await writer.close()
  await model.close()
}

if (!isMainThread) await score(workerData as BareThread)
