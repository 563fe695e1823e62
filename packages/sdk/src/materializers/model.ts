import { showValue } from '../show-value.ts'
import type { Materializer } from './materializer.ts'

/** Models as ONNX; only what is safe to load is stored. */
export const modelMaterializer: Materializer = {
  type: 'model',
  async write(value, { what }) {
    if (!(value instanceof Uint8Array)) {
      throw new TypeError(`${what} must be the bytes of an ONNX model (Uint8Array), got ${showValue(value)}.`)
    }
    const { assertSafeOnnx } = await import('@airlock-ml/tabular')
    try {
      assertSafeOnnx(value)
    } catch (cause) {
      throw new Error(`${what} is not a model that is safe to load: ${(cause as Error).message}`, { cause })
    }
    return { bytes: value, metadata: {} }
  },
  read: async (bytes) => bytes,
}
