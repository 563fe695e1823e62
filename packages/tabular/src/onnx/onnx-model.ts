import type { InferenceSession, Tensor } from 'onnxruntime-node'
import { featureMatrix, firstNotFinite, toRowMajor, unusableValue } from '../learn/feature-matrix.ts'
import type { Table } from '../table/table.ts'
import { modelContract } from './model-contract.ts'
import { OnnxError } from './onnx-error.ts'

// Bounds memory, and lets other work in between: a run blocks the event loop.
const batchRows = 8_192

/** The answers for some rows. */
export interface Predictions {
  /** The label of each row. */
  readonly labels: string[]
  /** P(class) row by row: one 32-bit float for each of the model's `classLabels`, in their order. */
  readonly probabilities: Float32Array
}

/** What `OnnxModel` is made of; `loadOnnx` puts it together. */
export interface OnnxModelParts {
  readonly featureNames: readonly string[]
  readonly classLabels: readonly string[]
  readonly session: InferenceSession
  readonly makeTensor: (values: Float32Array, shape: readonly number[]) => Tensor
}

/** A loaded model. Made by `loadOnnx`; `close` it when done, it holds memory outside of JavaScript. */
export class OnnxModel {
  /** The features the model takes, in order. */
  readonly featureNames: readonly string[]
  /** The classes it tells apart, in the order of their probabilities. */
  readonly classLabels: readonly string[]
  readonly #session: InferenceSession
  readonly #makeTensor: OnnxModelParts['makeTensor']
  #closed = false

  constructor(parts: OnnxModelParts) {
    this.featureNames = Object.freeze([...parts.featureNames])
    this.classLabels = parts.classLabels
    this.#session = parts.session
    this.#makeTensor = parts.makeTensor
  }

  /**
   * Predicts from raw features, row by row in one array of `rowCount * featureNames.length` values.
   * Throws `TableError` `value_missing` or `value_invalid` for a value that is not finite; `OnnxError` `onnx_mismatch`
   * for an array of another length, `onnx_runtime` when the model fails, is closed, or gives no number for a row, which
   * `row` then says.
   */
  async predict(features: Float32Array, rowCount: number): Promise<Predictions> {
    const width = this.featureNames.length
    if (features.length !== rowCount * width) {
      const message = `${rowCount} rows of ${width} features are ${rowCount * width} values, not ${features.length}. Pass whole rows.`
      throw new OnnxError('onnx_mismatch', message)
    }
    const bad = firstNotFinite(features)
    if (bad >= 0) throw unusableValue(this.featureNames[bad % width]!, Math.floor(bad / width), features[bad]!)
    if (rowCount > 0 && rowCount <= batchRows) return await this.#run(features, rowCount)
    const labels: string[] = []
    const probabilities = new Float32Array(rowCount * this.classLabels.length)
    for (let from = 0; from < rowCount; from += batchRows) {
      const rows = Math.min(batchRows, rowCount - from)
      const batch = await this.#run(features.subarray(from * width, (from + rows) * width), rows, from)
      for (const label of batch.labels) labels.push(label)
      probabilities.set(batch.probabilities, from * this.classLabels.length)
    }
    return { labels, probabilities }
  }

  /**
   * Predicts for each row of a table, which may have other columns too.
   * Throws `TableError` with column and row: `column_unknown`, `column_kind`, `value_missing`, `value_invalid`.
   */
  async predictTable(table: Table): Promise<Predictions> {
    const rows = table.rowMajor(this.featureNames) ?? toRowMajor(featureMatrix(table, this.featureNames))
    return await this.predict(rows, table.rowCount)
  }

  /** Frees the model. Safe to call twice. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#session.release()
  }

  async #run(features: Float32Array, rows: number, from = 0): Promise<Predictions> {
    if (this.#closed) throw new OnnxError('onnx_runtime', 'The model was closed. Load it again before predicting.')
    const input = this.#makeTensor(features, [rows, this.featureNames.length])
    const outputs = await this.#session.run({ [modelContract.input]: input }).catch((cause: Error) => {
      throw new OnnxError('onnx_runtime', `The model failed on ${rows} rows: ${cause.message}. Export it anew.`, cause)
    })
    const labels = outputs[modelContract.label]?.data
    const probabilities = outputs[modelContract.probabilities]?.data
    const expected = rows * this.classLabels.length
    if (!Array.isArray(labels) || labels.length !== rows) throw wrongShape('label')
    if (!(probabilities instanceof Float32Array) || probabilities.length !== expected) throw wrongShape('probabilities')
    const unknown = firstNaN(probabilities)
    if (unknown < 0) return { labels, probabilities }
    const message =
      'The model has no answer for a row: a value lies too far from those it was trained on. Check the features.'
    const row = from + Math.floor(unknown / this.classLabels.length)
    throw new OnnxError('onnx_runtime', message, undefined, row)
  }
}

// The methods of typed arrays call back for each value, at ten times the price of a loop.
function firstNaN(values: Float32Array): number {
  for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i])) return i
  return -1
}

function wrongShape(output: string): OnnxError {
  return new OnnxError(
    'onnx_contract',
    `The model's "${output}" is not of the shape its metadata promises. Export it anew.`,
  )
}
