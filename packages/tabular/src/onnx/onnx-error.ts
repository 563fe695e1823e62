/** Why an ONNX model was refused or cannot be used. Permanent names; scripts may match on them. */
export type OnnxErrorCode =
  | 'onnx_contract'
  | 'onnx_external_data'
  | 'onnx_forbidden_feature'
  | 'onnx_forbidden_operator'
  | 'onnx_malformed'
  | 'onnx_mismatch'
  | 'onnx_runtime'
  | 'onnx_too_large'

/** An ONNX model that is refused, or cannot be used. The message says what happened, why, and what to do. */
export class OnnxError extends Error {
  override readonly name = 'OnnxError'
  readonly code: OnnxErrorCode
  /** The first row for which the model has no answer, counted from 0; undefined where it is about no row. */
  readonly row: number | undefined

  constructor(code: OnnxErrorCode, message: string, cause?: unknown, row?: number) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.row = row
  }
}
