import { type FeatureBatch, OnnxError, type OnnxModel, type Predictions, type RefusedRow } from '@airlock-ml/tabular'

/** A batch that was scored: rows that the model has no answer for are refused, too. */
export type ScoredBatch = { batch: FeatureBatch; answers: Predictions }

/**
 * Scores a batch. Where the model fails on it, it is halved until the rows are found that it fails on; those are refused,
 * and the others answered.
 */
export async function predictEach(model: OnnxModel, batch: FeatureBatch): Promise<ScoredBatch> {
  const { rows, features } = batch
  try {
    return { batch, answers: await model.predict(features, rows.length) }
  } catch (error) {
    if (!(error instanceof OnnxError && error.code === 'onnx_runtime') || rows.length === 0) throw error
    if (rows.length === 1) return refusedWhole(batch, error)
    const middle = rows.length >> 1
    const before = await predictEach(model, partOf(batch, { from: 0, to: middle }))
    const after = await predictEach(model, partOf(batch, { from: middle, to: rows.length }))
    return joined(batch, before, after)
  }
}

function refusedWhole(batch: FeatureBatch, { message }: Error): ScoredBatch {
  const refused: RefusedRow = {
    row: batch.rows[0]!,
    key: batch.keys?.[0] ?? null,
    column: null,
    reason: `has no answer: ${message}`,
  }
  return {
    batch: {
      ...partOf(batch, { from: 0, to: 0 }),
      refused: [...batch.refused, refused].sort((one, other) => one.row - other.row),
    },
    answers: { labels: [], probabilities: new Float32Array(0) },
  }
}

function partOf(batch: FeatureBatch, { from, to }: { from: number; to: number }): FeatureBatch {
  const width = batch.features.length / batch.rows.length
  return {
    seen: to - from,
    rows: batch.rows.slice(from, to),
    features: batch.features.slice(from * width, to * width),
    keys: batch.keys?.slice(from, to) ?? null,
    refused: [],
  }
}

function joined({ seen, refused }: FeatureBatch, before: ScoredBatch, after: ScoredBatch): ScoredBatch {
  const [a, b] = [before.batch, after.batch]
  return {
    batch: {
      seen,
      rows: Float64Array.of(...a.rows, ...b.rows),
      features: Float32Array.from([...a.features, ...b.features]),
      keys: a.keys && b.keys ? [...a.keys, ...b.keys] : null,
      refused: [...refused, ...a.refused, ...b.refused].sort((one, other) => one.row - other.row),
    },
    answers: {
      labels: [...before.answers.labels, ...after.answers.labels],
      probabilities: Float32Array.from([...before.answers.probabilities, ...after.answers.probabilities]),
    },
  }
}
