import { PbfWriter } from 'pbf'

/** An attribute of a node: a whole number, text, 32-bit floats, whole numbers, or texts. */
export type AttributeValue =
  | { readonly int: number }
  | { readonly string: string }
  | { readonly floats: ArrayLike<number> }
  | { readonly ints: ArrayLike<number> }
  | { readonly strings: readonly string[] }

/** One operator of a graph; the domain of ONNX itself is the empty text. */
export interface NodeSpec {
  readonly domain?: string
  readonly opType: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes?: Readonly<Record<string, AttributeValue>>
}

/** A tensor that goes in or comes out: a dimension is a size or the name of a free one. */
export interface ValueSpec {
  readonly name: string
  readonly elementType: 'float' | 'int64' | 'string'
  readonly shape: readonly (number | string)[]
}

/** A tensor of the graph: 32-bit floats in one dimension unless it says otherwise. */
export interface ConstantSpec {
  readonly name: string
  readonly elementType?: 'float' | 'double'
  /** The size of each dimension; one of as many values as there are by default. */
  readonly shape?: readonly number[]
  readonly values: ArrayLike<number>
}

/** A whole model of one graph. */
export interface ModelSpec {
  readonly irVersion: number
  readonly producer: string
  readonly opsets: readonly { readonly domain: string; readonly version: number }[]
  readonly graphName: string
  readonly nodes: readonly NodeSpec[]
  readonly constants: readonly ConstantSpec[]
  readonly inputs: readonly ValueSpec[]
  readonly outputs: readonly ValueSpec[]
  readonly metadata: readonly { readonly key: string; readonly value: string }[]
}

/** ONNX's numbers of the element types. */
export const elementTypes = { float: 1, int64: 7, string: 8, double: 11 } as const
const attributeTypes = { int: 2, string: 3, floats: 6, ints: 7, strings: 8 } as const

/** Writes a model as ONNX protobuf. Fields come in the order of their numbers: one model, one sequence of bytes. */
export function writeModel(model: ModelSpec): Uint8Array {
  const pbf = new PbfWriter()
  pbf.writeVarintField(1, model.irVersion)
  pbf.writeStringField(2, model.producer)
  pbf.writeMessage(7, writeGraph, model)
  for (const opset of model.opsets) pbf.writeMessage(8, writeOpset, opset)
  for (const entry of model.metadata) pbf.writeMessage(14, writeMetadata, entry)
  return pbf.finish().slice()
}

function writeOpset(opset: ModelSpec['opsets'][number], pbf: PbfWriter): void {
  pbf.writeStringField(1, opset.domain)
  pbf.writeVarintField(2, opset.version)
}

function writeMetadata(entry: ModelSpec['metadata'][number], pbf: PbfWriter): void {
  pbf.writeStringField(1, entry.key)
  pbf.writeStringField(2, entry.value)
}

function writeGraph(model: ModelSpec, pbf: PbfWriter): void {
  for (const node of model.nodes) pbf.writeMessage(1, writeNode, node)
  pbf.writeStringField(2, model.graphName)
  for (const constant of model.constants) pbf.writeMessage(5, writeConstant, constant)
  for (const input of model.inputs) pbf.writeMessage(11, writeValue, input)
  for (const output of model.outputs) pbf.writeMessage(12, writeValue, output)
}

function writeNode(node: NodeSpec, pbf: PbfWriter): void {
  for (const input of node.inputs) pbf.writeStringField(1, input)
  for (const output of node.outputs) pbf.writeStringField(2, output)
  pbf.writeStringField(3, node.outputs[0]!)
  pbf.writeStringField(4, node.opType)
  for (const [name, value] of Object.entries(node.attributes ?? {}))
    pbf.writeMessage(5, writeAttribute, { name, value })
  if (node.domain) pbf.writeStringField(7, node.domain)
}

function writeAttribute({ name, value }: { name: string; value: AttributeValue }, pbf: PbfWriter): void {
  pbf.writeStringField(1, name)
  if ('int' in value) {
    pbf.writeVarintField(3, value.int)
    pbf.writeVarintField(20, attributeTypes.int)
  } else if ('string' in value) {
    pbf.writeStringField(4, value.string)
    pbf.writeVarintField(20, attributeTypes.string)
  } else if ('floats' in value) {
    pbf.writePackedFloat(7, Array.from(value.floats))
    pbf.writeVarintField(20, attributeTypes.floats)
  } else if ('ints' in value) {
    pbf.writePackedVarint(8, Array.from(value.ints))
    pbf.writeVarintField(20, attributeTypes.ints)
  } else {
    for (const text of value.strings) pbf.writeStringField(9, text)
    pbf.writeVarintField(20, attributeTypes.strings)
  }
}

function writeConstant(constant: ConstantSpec, pbf: PbfWriter): void {
  const { elementType = 'float', shape = [constant.values.length] } = constant
  pbf.writePackedVarint(1, [...shape])
  pbf.writeVarintField(2, elementTypes[elementType])
  if (elementType === 'float') pbf.writePackedFloat(4, Array.from(constant.values))
  pbf.writeStringField(8, constant.name)
  if (elementType === 'double') pbf.writePackedDouble(10, Array.from(constant.values))
}

function writeValue(value: ValueSpec, pbf: PbfWriter): void {
  pbf.writeStringField(1, value.name)
  pbf.writeMessage(2, writeType, value)
}

function writeType(value: ValueSpec, pbf: PbfWriter): void {
  pbf.writeMessage(1, writeTensorType, value)
}

function writeTensorType(value: ValueSpec, pbf: PbfWriter): void {
  pbf.writeVarintField(1, elementTypes[value.elementType])
  pbf.writeMessage(2, writeShape, value.shape)
}

function writeShape(shape: ValueSpec['shape'], pbf: PbfWriter): void {
  for (const dimension of shape) pbf.writeMessage(1, writeDimension, dimension)
}

function writeDimension(dimension: number | string, pbf: PbfWriter): void {
  if (typeof dimension === 'number') pbf.writeVarintField(1, dimension)
  else pbf.writeStringField(2, dimension)
}
