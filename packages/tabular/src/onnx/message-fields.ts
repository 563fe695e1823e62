import type { MessageFields } from './protobuf-fields.ts'

const varint = { kind: 'varint' } as const
const bytes = { kind: 'bytes' } as const
const many = { kind: 'bytes', repeated: true } as const
const floats = { kind: 'floats' } as const
const varints = { kind: 'varints' } as const

/** Every field of the ONNX messages that inspection opens, by number, as ONNX IR 13 has them. */
export const onnxFields = {
  model: {
    1: varint,
    2: bytes,
    3: bytes,
    4: bytes,
    5: varint,
    6: bytes,
    7: bytes,
    8: many,
    14: many,
    20: many,
    25: many,
    26: many,
  },
  graph: { 1: many, 2: bytes, 5: many, 10: bytes, 11: many, 12: many, 13: many, 14: many, 15: many, 16: many },
  node: { 1: many, 2: many, 3: bytes, 4: bytes, 5: many, 6: bytes, 7: bytes, 8: bytes, 9: many, 10: many },
  attribute: {
    1: bytes,
    2: { kind: 'fixed32' },
    3: varint,
    4: bytes,
    5: bytes,
    6: bytes,
    7: floats,
    8: varints,
    9: many,
    10: many,
    11: many,
    13: bytes,
    14: bytes,
    15: many,
    20: varint,
    21: bytes,
    22: bytes,
    23: many,
  },
  tensor: {
    1: varints,
    2: varint,
    3: bytes,
    4: floats,
    5: varints,
    6: many,
    7: varints,
    8: bytes,
    9: bytes,
    10: { kind: 'doubles' },
    11: varints,
    12: bytes,
    13: many,
    14: varint,
    16: many,
  },
  value: { 1: bytes, 2: bytes, 3: bytes, 4: many },
  type: { 1: bytes, 4: bytes, 5: bytes, 6: bytes, 7: bytes, 8: bytes, 9: bytes },
  tensorType: { 1: varint, 2: bytes },
  shape: { 1: many },
  dimension: { 1: varint, 2: bytes, 3: bytes },
  opset: { 1: bytes, 2: varint },
  metadata: { 1: bytes, 2: bytes },
} as const satisfies Record<string, MessageFields>
