import { type DecodedModel, decodeModel, type OnnxLimits } from './decode-model.ts'
import type { OnnxValue } from './decode-value.ts'
import { onnxFields } from './message-fields.ts'
import { visitFields } from './protobuf-fields.ts'

/** What an ONNX model consists of. */
export interface OnnxSummary {
  readonly sizeBytes: number
  readonly irVersion: number
  readonly producer: string
  /** The operator sets it asks for; ONNX's own has the empty domain. */
  readonly opsets: readonly { readonly domain: string; readonly version: number }[]
  /** Each operator once, in the order of first use, and how many nodes use it. */
  readonly operators: readonly { readonly domain: string; readonly opType: string; readonly count: number }[]
  readonly inputs: readonly OnnxValue[]
  readonly outputs: readonly OnnxValue[]
  readonly metadata: ReadonlyMap<string, string>
  /** Whether a tensor lives outside the file, anywhere in the graph. */
  readonly hasExternalData: boolean
  /** What was found and not opened: `functions`, `subgraphs`, `training`, `sparse_tensors` … Empty in a plain model. */
  readonly unopened: readonly string[]
}

/**
 * Reads what an ONNX model consists of, without running or trusting it: nothing nested is followed, and memory is
 * bounded by `limits`. Whatever two readers could understand differently is refused: unknown fields, fields given twice,
 * texts that are not UTF-8. Throws `OnnxError` `onnx_malformed` or `onnx_too_large`, and nothing else.
 */
export function inspectOnnx(bytes: Uint8Array, limits: OnnxLimits = {}): OnnxSummary {
  return summaryOf(decodeModel(bytes, limits), bytes.length)
}

/** The summary of a model that was taken apart. */
export function summaryOf(model: DecodedModel, sizeBytes: number): OnnxSummary {
  const { irVersion, producer, opsets, inputs, outputs, metadata } = model
  const operators = new Map<string, { domain: string; opType: string; count: number }>()
  for (const { domain, opType } of model.nodes) {
    const key = `${domain}\0${opType}`
    const operator = operators.get(key) ?? { domain, opType, count: 0 }
    operator.count++
    operators.set(key, operator)
  }
  return {
    sizeBytes,
    irVersion,
    producer,
    opsets,
    operators: [...operators.values()],
    inputs,
    outputs,
    metadata,
    // Every tensor is opened, so that a malformed one is found wherever it is.
    hasExternalData: model.tensors.map(isExternal).includes(true),
    unopened: [...model.unopened],
  }
}

function isExternal(tensor: Uint8Array): boolean {
  let external = false
  visitFields(tensor, onnxFields.tensor, (field) => {
    if (field.number === 13 || (field.number === 14 && field.varint !== 0)) external = true
  })
  return external
}
