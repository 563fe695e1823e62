import type { InferenceSession, Tensor } from 'onnxruntime-node'
import { assertSafeOnnx } from './assert-safe-onnx.ts'
import { modelContract } from './model-contract.ts'
import { OnnxError } from './onnx-error.ts'
import { OnnxModel } from './onnx-model.ts'

/**
 * Loads a model for predicting, on one thread. The bytes are first held against `assertSafeOnnx`; then the graph must
 * keep the contract of `exportOnnx`: its input, outputs and metadata. onnxruntime is imported on the first call, with
 * its telemetry switched off. What a worker thread sets in an environment of its own does not reach it: start one with
 * `env: SHARE_ENV`, or set `ORT_DISABLE_TELEMETRY=1` in its process before.
 *
 * Throws `OnnxError`: all that `assertSafeOnnx` throws; `onnx_contract`; `onnx_runtime` when onnxruntime refuses it.
 *
 * @example
 * const model = await loadOnnx(bytes)
 * const { labels, probabilities } = await model.predictTable(table)
 * await model.close()
 */
export async function loadOnnx(bytes: Uint8Array): Promise<OnnxModel> {
  const names = namesOfModel(bytes)
  return new OnnxModel({ ...names, ...(await openSession(bytes)) })
}

/**
 * The features that a model takes and the classes it tells apart, in their order, without onnxruntime. Throws as
 * `loadOnnx` does for a model that is not safe or does not keep the contract.
 */
export function namesOfModel(bytes: Uint8Array): { featureNames: string[]; classLabels: string[] } {
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

/**
 * Loads onnxruntime ahead of the first `loadOnnx`, for a process that has nothing to do until it gets its model.
 *
 * @example
 * await prepareOnnx()
 */
export async function prepareOnnx(): Promise<void> {
  await importRuntime()
}

async function importRuntime(): Promise<typeof import('onnxruntime-node')> {
  // From 1.29 on the library reports its use to its maker, unless this is set before it is loaded: nothing leaves here.
  process.env.ORT_DISABLE_TELEMETRY = '1'
  const ort = await import('onnxruntime-node')
  ort.env.logLevel = 'fatal'
  return ort
}

async function openSession(bytes: Uint8Array): Promise<{
  session: InferenceSession
  makeTensor: (values: Float32Array, shape: readonly number[]) => Tensor
}> {
  const ort = await importRuntime()
  try {
    const session = await ort.InferenceSession.create(bytes, {
      executionProviders: ['cpu'],
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      logSeverityLevel: 4,
    })
    return { session, makeTensor: (values, shape) => new ort.Tensor('float32', values, shape) }
  } catch (cause) {
    const message = `onnxruntime does not take the model: ${(cause as Error).message}. Export it anew.`
    throw new OnnxError('onnx_runtime', message, cause)
  }
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
