import type { InferenceSession, Tensor } from 'onnxruntime-node'
import { type ModelNames, namesOfModel } from './names-of-model.ts'
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
  return await loadCheckedOnnx(bytes, namesOfModel(bytes))
}

/**
 * As `loadOnnx`, for bytes that `namesOfModel` has let through before, as in another thread, because that takes most of
 * the time. `names` is what it answered.
 *
 * Throws `OnnxError` `onnx_runtime`.
 */
export async function loadCheckedOnnx(bytes: Uint8Array, names: ModelNames): Promise<OnnxModel> {
  return new OnnxModel({ ...names, ...(await openSession(bytes)) })
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
