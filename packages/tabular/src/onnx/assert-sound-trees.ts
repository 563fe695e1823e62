import type { DecodedAttribute, DecodedModel, DecodedNode } from './decode-model.ts'
import { onnxFields } from './message-fields.ts'
import { malformed, textOf, varintsOf, visitFields } from './protobuf-fields.ts'

const branchModes = new Set(['BRANCH_LEQ', 'BRANCH_LT', 'BRANCH_GTE', 'BRANCH_GT', 'BRANCH_EQ', 'BRANCH_NEQ'])
const widthKeepingOperators = new Set(['Scaler', 'Normalizer', 'Identity', 'Cast'])
const maxTargets = 10_000

/**
 * Checks the trees of a model, because onnxruntime reads the feature a node names without asking whether the row has
 * one. Each node must ask for a feature there is, lead to nodes of its own tree that come after it, and each leaf must
 * count for a target there is. Throws `OnnxError` `onnx_malformed`.
 */
export function assertSoundTrees(model: DecodedModel): void {
  for (const node of model.nodes) {
    if (node.opType !== 'TreeEnsembleRegressor') continue
    const attributes = new Map(node.attributes.map((attribute) => [attribute.name, attribute]))
    if (attributes.size !== node.attributes.length) throw malformed('a tree ensemble gives an attribute twice')
    assertKnown(attributes)
    const positions = assertNodes(attributes, rowWidth(model, node))
    assertTargets(attributes, positions)
  }
}

/**
 * How many features each row has that reaches the node: followed back to an input of the graph, or to a plain Gemm with
 * constant weights, whose columns say it.
 */
function rowWidth(model: DecodedModel, node: DecodedNode): number {
  let name = node.inputs[0]
  for (let step = 0; step <= model.nodes.length; step++) {
    const width = model.inputs.find((input) => input.name === name)?.shape
    if (width?.length === 2 && typeof width[1] === 'number') return width[1]
    const producer = model.nodes.find(({ outputs }) => outputs.includes(name ?? ''))
    if (producer?.domain === '' && producer.opType === 'Gemm') {
      const columns = producer.attributes.length === 0 ? constantShape(model, producer.inputs[1] ?? '') : []
      if (columns.length === 2) return columns[1]!
    }
    if (!producer || !widthKeepingOperators.has(producer.opType)) break
    name = producer.inputs[0]
  }
  throw malformed('the number of features that reach a tree ensemble cannot be established')
}

/** The dimensions of a constant that nothing else in the graph can stand for; none of any other name. */
function constantShape(model: DecodedModel, name: string): number[] {
  const shapes: number[][] = []
  for (const bytes of model.constants) {
    const shape: number[] = []
    let ownName = ''
    visitFields(bytes, onnxFields.tensor, (field) => {
      if (field.number === 1) shape.push(...varintsOf(field))
      if (field.number === 8) ownName = textOf(field)
    })
    if (ownName === name) shapes.push(shape)
  }
  const isShadowed =
    model.inputs.some((input) => input.name === name) || model.nodes.some(({ outputs }) => outputs.includes(name))
  return shapes.length === 1 && !isShadowed ? shapes[0]! : []
}

const nodeLists = [
  'nodes_falsenodeids',
  'nodes_featureids',
  'nodes_nodeids',
  'nodes_treeids',
  'nodes_truenodeids',
] as const
const optionalLists = ['nodes_hitrates', 'nodes_missing_value_tracks_true', 'base_values']
const otherAttributes = [
  ...['nodes_modes', 'nodes_values', 'target_ids', 'target_nodeids', 'target_treeids', 'target_weights'],
  ...['n_targets', 'aggregate_function', 'post_transform'],
]

function assertKnown(attributes: ReadonlyMap<string, DecodedAttribute>): void {
  const known = new Set<string>([...nodeLists, ...optionalLists, ...otherAttributes])
  for (const name of attributes.keys())
    if (!known.has(name)) throw malformed(`a tree ensemble has an attribute "${name}"`)
}

/** Something for each node, by the numbers of its tree and its own. Texts as keys would take most of the time of a check. */
class ByNode<T> {
  readonly #trees = new Map<number, Map<number, T>>()
  size = 0

  set(tree: number, node: number, value: T): void {
    const nodes = this.#trees.get(tree) ?? new Map<number, T>()
    this.#trees.set(tree, nodes)
    if (!nodes.has(node)) this.size++
    nodes.set(node, value)
  }

  get(tree: number, node: number): T | undefined {
    return this.#trees.get(tree)?.get(node)
  }
}

/** Returns the leaves. */
function assertNodes(attributes: ReadonlyMap<string, DecodedAttribute>, width: number): ByNode<true> {
  const [falses, features, nodeIds, treeIds, trues] = nodeLists.map((name) => intsOf(attributes.get(name))) as [
    number[],
    number[],
    number[],
    number[],
    number[],
  ]
  const modes = textsOf(attributes.get('nodes_modes'))
  const count = modes.length
  const lengths = [falses, features, nodeIds, treeIds, trues].map((list) => list.length)
  lengths.push(floatCount(attributes.get('nodes_values')))
  for (const name of optionalLists.slice(0, 2)) {
    const attribute = attributes.get(name)
    if (attribute) lengths.push(floatCount(attribute) || intsOf(attribute).length)
  }
  if (count === 0 || lengths.some((length) => length !== count))
    throw malformed('the lists of a tree ensemble differ in length')
  const positions = new ByNode<number>()
  for (let i = 0; i < count; i++) positions.set(treeIds[i]!, nodeIds[i]!, i)
  if (positions.size !== count) throw malformed('two nodes of a tree have one number')
  const leaves = new ByNode<true>()
  for (let i = 0; i < count; i++) {
    if (modes[i] === 'LEAF') {
      leaves.set(treeIds[i]!, nodeIds[i]!, true)
      continue
    }
    if (!branchModes.has(modes[i]!)) throw malformed(`a node of a tree has the mode "${modes[i]}"`)
    if (!(features[i]! >= 0 && features[i]! < width))
      throw malformed(`a tree asks for feature ${features[i]} of ${width}`)
    // Only forward: so no path can come back to where it was.
    const leads = (child: number) => (positions.get(treeIds[i]!, child) ?? -1) > i
    if (!leads(trues[i]!) || !leads(falses[i]!)) throw malformed('a node of a tree leads nowhere or back')
  }
  return leaves
}

function assertTargets(attributes: ReadonlyMap<string, DecodedAttribute>, leaves: ByNode<true>): void {
  const targets = intOf(attributes.get('n_targets'))
  if (!(targets >= 1 && targets <= maxTargets)) throw malformed(`a tree ensemble has ${targets} targets`)
  const ids = intsOf(attributes.get('target_ids'))
  const nodeIds = intsOf(attributes.get('target_nodeids'))
  const treeIds = intsOf(attributes.get('target_treeids'))
  const lengths = [nodeIds.length, treeIds.length, floatCount(attributes.get('target_weights'))]
  if (lengths.some((length) => length !== ids.length)) throw malformed('the lists of a tree ensemble differ in length')
  const weighed = new ByNode<true>()
  for (const [i, id] of nodeIds.entries()) weighed.set(treeIds[i]!, id, true)
  if (ids.some((id) => !(id >= 0 && id < targets))) throw malformed('a leaf counts for a target there is not')
  if (nodeIds.some((id, i) => !leaves.get(treeIds[i]!, id)) || weighed.size !== leaves.size) {
    throw malformed('the weights of a tree ensemble are not those of its leaves')
  }
  const base = attributes.get('base_values')
  if (base && floatCount(base) !== targets) throw malformed('a tree ensemble has a base value too many or too few')
}

function intsOf(attribute: DecodedAttribute | undefined): number[] {
  const ints: number[] = []
  for (const field of attribute?.fields ?? []) {
    if (field.number !== 8) continue
    // One by one they come as often as there are nodes.
    if (field.bytes.length === 0) ints.push(field.varint)
    else for (const int of varintsOf(field)) ints.push(int)
  }
  return ints
}

function intOf(attribute: DecodedAttribute | undefined): number {
  return attribute?.fields.find(({ number }) => number === 3)?.varint ?? 1
}

function textsOf(attribute: DecodedAttribute | undefined): string[] {
  return (attribute?.fields ?? []).filter(({ number }) => number === 9).map(textOf)
}

function floatCount(attribute: DecodedAttribute | undefined): number {
  const floats = (attribute?.fields ?? []).filter(({ number }) => number === 7)
  return floats.reduce((count, { bytes }) => count + bytes.length / 4, 0)
}
