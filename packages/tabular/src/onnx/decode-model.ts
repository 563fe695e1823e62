import { decodeValue, type OnnxValue } from './decode-value.ts'
import { onnxFields } from './message-fields.ts'
import { OnnxError } from './onnx-error.ts'
import { type Field, malformed, textOf, visitFields } from './protobuf-fields.ts'

/** How much of a model to accept. */
export interface OnnxLimits {
  /** 512 MiB by default. */
  readonly maxBytes?: number
  /** The most nodes; 10,000 by default. */
  readonly maxNodes?: number
  /** The most attributes of all nodes, constant tensors, and inputs and outputs, each; 100,000 by default. */
  readonly maxParts?: number
}

/** An attribute as found: its raw values by field number, not decoded. */
export interface DecodedAttribute {
  readonly name: string
  readonly fields: readonly Field[]
}

/** An operator as found; the domain of ONNX itself is the empty text. */
export interface DecodedNode {
  domain: string
  opType: string
  readonly inputs: string[]
  readonly outputs: string[]
  readonly attributes: DecodedAttribute[]
}

/** A model's parts as far as safety needs them. */
export interface DecodedModel {
  irVersion: number
  producer: string
  graphs: number
  readonly opsets: { domain: string; version: number }[]
  readonly metadata: Map<string, string>
  readonly nodes: DecodedNode[]
  readonly inputs: OnnxValue[]
  readonly outputs: OnnxValue[]
  readonly tensors: Uint8Array[]
  /** The tensors that are constants of the graph; they are among `tensors` too. */
  readonly constants: Uint8Array[]
  /** What was found and not opened: functions, subgraphs, training, sparse tensors, device settings. */
  readonly unopened: Set<
    'functions' | 'subgraphs' | 'training' | 'sparse_tensors' | 'device_configuration' | 'references'
  >
}

/** Takes a model apart without following anything nested, in memory proportional to the number of its parts. */
export function decodeModel(bytes: Uint8Array, limits: OnnxLimits): DecodedModel {
  const { maxBytes = 512 * 1024 * 1024, maxNodes = 10_000, maxParts = 100_000 } = limits
  atMost(bytes.length, maxBytes, 'bytes')
  const model: DecodedModel = {
    irVersion: 0,
    producer: '',
    graphs: 0,
    opsets: [],
    metadata: new Map(),
    nodes: [],
    inputs: [],
    outputs: [],
    tensors: [],
    constants: [],
    unopened: new Set(),
  }
  let parts = 0
  const count = () => atMost(++parts, maxParts, 'parts')
  visitFields(bytes, onnxFields.model, (field) => {
    if (field.number === 1) model.irVersion = field.varint
    else if (field.number === 2) model.producer = textOf(field)
    else if (field.number === 7) decodeGraph(field.bytes, model, { maxNodes, count })
    else if (field.number === 8) model.opsets.push(decodeOpset(field.bytes))
    else if (field.number === 14) addMetadata(field.bytes, model)
    else if (field.number === 20) model.unopened.add('training')
    else if (field.number === 25) model.unopened.add('functions')
    else if (field.number === 26) model.unopened.add('device_configuration')
  })
  if (model.graphs === 0) throw malformed('it has no graph')
  return model
}

function decodeGraph(bytes: Uint8Array, model: DecodedModel, limits: { maxNodes: number; count: () => void }): void {
  model.graphs++
  visitFields(bytes, onnxFields.graph, (field) => {
    if (field.number === 1) {
      atMost(model.nodes.length + 1, limits.maxNodes, 'nodes')
      model.nodes.push(decodeNode(field.bytes, model, limits.count))
      return
    }
    limits.count()
    if (field.number === 5) {
      model.tensors.push(field.bytes)
      model.constants.push(field.bytes)
    } else if (field.number === 11) model.inputs.push(decodeValue(field.bytes))
    else if (field.number === 12) model.outputs.push(decodeValue(field.bytes))
    else if (field.number === 15) model.unopened.add('sparse_tensors')
  })
}

function decodeNode(bytes: Uint8Array, model: DecodedModel, count: () => void): DecodedNode {
  const node: DecodedNode = { domain: '', opType: '', inputs: [], outputs: [], attributes: [] }
  visitFields(bytes, onnxFields.node, (field) => {
    count()
    if (field.number === 1) node.inputs.push(textOf(field))
    else if (field.number === 2) node.outputs.push(textOf(field))
    else if (field.number === 4) node.opType = textOf(field)
    else if (field.number === 5) node.attributes.push(decodeAttribute(field.bytes, model))
    else if (field.number === 7) node.domain = textOf(field) === 'ai.onnx' ? '' : textOf(field)
    else if (field.number === 10) model.unopened.add('device_configuration')
  })
  return node
}

function decodeAttribute(bytes: Uint8Array, model: DecodedModel): DecodedAttribute {
  const fields: Field[] = []
  let name = ''
  visitFields(bytes, onnxFields.attribute, (field) => {
    if (field.number === 1) name = textOf(field)
    else if (field.number === 5 || field.number === 10) model.tensors.push(field.bytes)
    else if (field.number === 6 || field.number === 11) model.unopened.add('subgraphs')
    else if (field.number === 21) model.unopened.add('references')
    else if (field.number === 22 || field.number === 23) model.unopened.add('sparse_tensors')
    fields.push(field)
  })
  return { name, fields }
}

function decodeOpset(bytes: Uint8Array): { domain: string; version: number } {
  const opset = { domain: '', version: 0 }
  visitFields(bytes, onnxFields.opset, (field) => {
    if (field.number === 1) opset.domain = textOf(field) === 'ai.onnx' ? '' : textOf(field)
    else opset.version = field.varint
  })
  return opset
}

function addMetadata(bytes: Uint8Array, model: DecodedModel): void {
  const entry = { key: '', value: '' }
  visitFields(bytes, onnxFields.metadata, (field) => {
    entry[field.number === 1 ? 'key' : 'value'] = textOf(field)
  })
  if (model.metadata.has(entry.key)) throw malformed(`its metadata has "${entry.key}" twice`)
  atMost(model.metadata.size + 1, 1_000, 'metadata entries')
  model.metadata.set(entry.key, entry.value)
}

function atMost(value: number, limit: number, what: string): void {
  if (value <= limit) return
  const message = `The model has more than ${limit} ${what}, the most that is accepted. Export a smaller model.`
  throw new OnnxError('onnx_too_large', message)
}
