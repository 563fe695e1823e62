import { assertSafeOnnx } from './assert-safe-onnx.ts'
import { modelContract } from './model-contract.ts'
import { OnnxError } from './onnx-error.ts'

/** The features that a model takes and the classes it tells apart, in their order. */
export interface ModelNames {
  readonly featureNames: readonly string[]
  readonly classLabels: readonly string[]
}

/**
 * What a model takes and tells apart, without onnxruntime. Throws as `loadOnnx` does for a model that is not safe or does
 * not keep the contract.
 */
export function namesOfModel(bytes: Uint8Array): ModelNames {
  const summary = assertSafeOnnx(bytes)
  const featureNames = namesIn(summary.metadata, modelContract.featureNamesKey)
  const classLabels = namesIn(summary.metadata, modelContract.classLabelsKey)
  const input = summary.inputs.find(({ name }) => name === modelContract.input)
  const outputs = summary.outputs.map(({ name, elementType, shape }) => `${name} ${elementType} ${shape.length}`)
  const keepsContract =
    summary.inputs.length === 1 &&
    input?.elementType === 'float' &&
    input.shape[1] === featureNames.length &&
    outputs.includes(`${modelContract.label} string 1`) &&
    outputs.includes(`${modelContract.probabilities} float 2`)
  if (keepsContract) return { featureNames, classLabels }
  const message =
    `The model must take "features" float [N, ${featureNames.length}] and give "label" string [N] and ` +
    `"probabilities" float [N, C]; it gives ${outputs.join(', ')}. Export it with exportOnnx.`
  throw new OnnxError('onnx_contract', message)
}

function namesIn(metadata: ReadonlyMap<string, string>, key: string): string[] {
  const names = parsed(metadata.get(key))
  const valid = Array.isArray(names) && names.length > 0 && names.every((name) => typeof name === 'string')
  if (valid && new Set(names).size === names.length) return names
  const message = `The model's metadata "${key}" is not a JSON array of distinct names. Export it with exportOnnx.`
  throw new OnnxError('onnx_contract', message)
}

function parsed(json: string | undefined): unknown {
  try {
    return JSON.parse(json ?? 'null')
  } catch {
    return undefined
  }
}
