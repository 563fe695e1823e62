import { onnxFields } from './message-fields.ts'
import { textOf, visitFields } from './protobuf-fields.ts'

/** An input or output of a graph. */
export interface OnnxValue {
  readonly name: string
  /** `float`, `int64`, `string` … for tensors, else `other`. */
  readonly elementType: string
  /** A size, or the name of a dimension that is free (empty when it has none). */
  readonly shape: readonly (number | string)[]
}

const elementTypes = new Map([
  [1, 'float'],
  [6, 'int32'],
  [7, 'int64'],
  [8, 'string'],
  [9, 'bool'],
  [11, 'double'],
])

/** Reads a ValueInfoProto. Sequences, maps and other types than tensors are not opened. */
export function decodeValue(bytes: Uint8Array): OnnxValue {
  let name = ''
  let elementType = 'other'
  const shape: (number | string)[] = []
  visitFields(bytes, onnxFields.value, (field) => {
    if (field.number === 1) name = textOf(field)
    if (field.number !== 2) return
    visitFields(field.bytes, onnxFields.type, (type) => {
      if (type.number !== 1) return
      visitFields(type.bytes, onnxFields.tensorType, (part) => {
        if (part.number === 1) elementType = elementTypes.get(part.varint) ?? 'other'
        else visitFields(part.bytes, onnxFields.shape, (dimension) => shape.push(decodeDimension(dimension.bytes)))
      })
    })
  })
  return { name, elementType, shape }
}

function decodeDimension(bytes: Uint8Array): number | string {
  let dimension: number | string = ''
  visitFields(bytes, onnxFields.dimension, (field) => {
    if (field.number === 1) dimension = field.varint
    else if (field.number === 2) dimension = textOf(field)
  })
  return dimension
}
