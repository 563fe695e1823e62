import { assertSoundTrees } from './assert-sound-trees.ts'
import { decodeModel, type OnnxLimits } from './decode-model.ts'
import { type OnnxSummary, summaryOf } from './inspect-onnx.ts'
import { OnnxError } from './onnx-error.ts'

/** The operators a model may use, by domain: plain arithmetic and classical learners, nothing that loops or opens files. */
export const allowedOperators: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  [
    '',
    new Set([
      'Add',
      'ArgMax',
      'Cast',
      'Concat',
      'Div',
      'Gemm',
      'Identity',
      'MatMul',
      'Mul',
      'Reshape',
      'Sigmoid',
      'Softmax',
      'Sub',
    ]),
  ],
  ['ai.onnx.ml', new Set(['LabelEncoder', 'LinearClassifier', 'Normalizer', 'Scaler', 'TreeEnsembleRegressor'])],
])

/**
 * Refuses an ONNX model that may do more than arithmetic: external data, an operator or domain that is not on the list,
 * subgraphs, functions, training, sparse tensors, trees that loop or read past their row, more than 512 MiB, bytes that
 * are not sound. Answers with the summary of a model it lets through. Safe here means bounded, not harmless: still run
 * models from elsewhere in a limited process.
 *
 * Throws `OnnxError`: `onnx_malformed`, `onnx_too_large`, `onnx_external_data`, `onnx_forbidden_feature`,
 * `onnx_forbidden_operator`.
 */
export function assertSafeOnnx(bytes: Uint8Array, limits: OnnxLimits = {}): OnnxSummary {
  const model = decodeModel(bytes, limits)
  const summary = summaryOf(model, bytes.length)
  if (summary.hasExternalData) {
    const message =
      'The model keeps tensors outside its file. Only what is hashed may travel: save it as a single file.'
    throw new OnnxError('onnx_external_data', message)
  }
  if (summary.unopened.length > 0) {
    const message = `The model uses ${summary.unopened.join(', ')}, which is not allowed. Export a plain graph.`
    throw new OnnxError('onnx_forbidden_feature', message)
  }
  for (const { domain } of summary.opsets) {
    if (!allowedOperators.has(domain)) throw forbidden(`the operator set "${domain}"`)
  }
  for (const { domain, opType } of summary.operators) {
    if (!allowedOperators.get(domain)?.has(opType)) throw forbidden(`the operator ${domain || 'ai.onnx'}.${opType}`)
  }
  assertSoundTrees(model)
  return summary
}

function forbidden(what: string): OnnxError {
  const allowed = [...allowedOperators.values()].flatMap((operators) => [...operators])
  const message = `The model uses ${what}, which is not on the list. Allowed are ${allowed.join(', ')}.`
  return new OnnxError('onnx_forbidden_operator', message)
}
