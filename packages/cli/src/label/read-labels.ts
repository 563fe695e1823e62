import { PlatformError } from '@airlock-ml/contract'

export type Label = { predictionId: string; label: string }

/** The labels of a CSV or Parquet file, by prediction. Rows without a label are left out: it is not known yet. */
export async function readLabels(file: string, shown: string): Promise<Label[]> {
  const { readTableBatches, TableError } = await import('@airlock-ml/tabular')
  const labels: Label[] = []
  try {
    for await (const batch of readTableBatches(file)) {
      const cells = (name: string): ArrayLike<unknown> => batch.column(name).values
      const [ids, values] = [cells('prediction_id'), cells('label')]
      for (let row = 0; row < batch.rowCount; row++) {
        const [id, value] = [ids[row], values[row]]
        if (id === null || value === null || Number.isNaN(value)) continue
        labels.push({ predictionId: String(id), label: String(value) })
      }
    }
  } catch (cause) {
    if (!(cause instanceof TableError)) throw cause
    throw new PlatformError('cli_usage_invalid', `${shown} is no table of labels: ${cause.message}`, {}, { cause })
  }
  return labels.sort((a, b) => (a.predictionId < b.predictionId ? -1 : 1))
}
