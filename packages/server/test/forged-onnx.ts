/** Models that no tool of ours would write, as ONNX protobuf by hand. All keep the contract of inputs and outputs. */
export type ForgedNode = {
  op: string
  inputs: string[]
  output: string
  domain?: string
  ints?: Record<string, number>
}
type Constant = { name: string; dims: number[]; raw?: Buffer; location?: string }
type Forgery = { nodes?: ForgedNode[]; constants?: Constant[]; features: string[]; classes: string[] }

const FLOAT = 1
const INT64 = 7
const STRING = 8

/** The class is always the first: features → the nodes given → probabilities and label. */
export function forgedOnnx({ nodes = [], constants = [], features, classes }: Forgery): Buffer {
  const ending: ForgedNode[] = [
    { op: 'MatMul', inputs: [nodes.at(-1)?.output ?? 'features', 'last'], output: 'scores' },
    { op: 'Softmax', inputs: ['scores'], output: 'probabilities' },
    { op: 'ArgMax', inputs: ['probabilities'], output: 'class', ints: { axis: 1, keepdims: 0 } },
  ]
  const last = { name: 'last', dims: [features.length, classes.length] }
  const graph = [
    ...[...nodes, ...ending].map((node) => bytes(1, nodeOf(node))),
    bytes(1, labelNode(classes)),
    text(2, 'forged'),
    ...[...constants, last].map((constant) => bytes(5, constantOf(constant))),
    bytes(11, tensorOf('features', FLOAT, ['N', features.length])),
    bytes(12, tensorOf('label', STRING, ['N'])),
    bytes(12, tensorOf('probabilities', FLOAT, ['N', classes.length])),
  ]
  return Buffer.concat([
    number(1, 8),
    bytes(7, Buffer.concat(graph)),
    bytes(8, Buffer.concat([text(1, ''), number(2, 15)])),
    bytes(8, Buffer.concat([text(1, 'ai.onnx.ml'), number(2, 3)])),
    metadata('airlock.feature_names', features),
    metadata('airlock.class_labels', classes),
  ])
}

const nodeOf = ({ op, inputs, output, domain, ints = {} }: ForgedNode): Buffer =>
  Buffer.concat([
    ...inputs.map((name) => text(1, name)),
    text(2, output),
    text(4, op),
    ...Object.entries(ints).map(([name, value]) =>
      bytes(5, Buffer.concat([text(1, name), number(3, value), number(20, 2)])),
    ),
    ...(domain ? [text(7, domain)] : []),
  ])

const labelNode = (classes: string[]): Buffer => {
  const keys = classes.map((_, index) => number(8, index))
  const names = classes.map((name) => text(9, name))
  return Buffer.concat([
    ...[text(1, 'class'), text(2, 'label'), text(4, 'LabelEncoder'), text(7, 'ai.onnx.ml')],
    bytes(5, Buffer.concat([text(1, 'keys_int64s'), ...keys, number(20, INT64)])),
    bytes(5, Buffer.concat([text(1, 'values_strings'), ...names, number(20, STRING)])),
  ])
}

/** Zeros, unless it has bytes or keeps them elsewhere. */
const constantOf = ({ name, dims, raw, location }: Constant): Buffer =>
  Buffer.concat([
    ...dims.map((size) => number(1, size)),
    number(2, FLOAT),
    text(8, name),
    location === undefined
      ? bytes(9, raw ?? Buffer.alloc(4 * dims.reduce((product, size) => product * size, 1)))
      : Buffer.concat([bytes(13, Buffer.concat([text(1, 'location'), text(2, location)])), number(14, 1)]),
  ])

const tensorOf = (name: string, type: number, shape: (number | string)[]): Buffer => {
  const dims = shape.map((size) => bytes(1, typeof size === 'number' ? number(1, size) : text(2, size)))
  const tensor = Buffer.concat([number(1, type), bytes(2, Buffer.concat(dims))])
  return Buffer.concat([text(1, name), bytes(2, bytes(1, tensor))])
}

const metadata = (key: string, names: string[]) =>
  bytes(14, Buffer.concat([text(1, key), text(2, JSON.stringify(names))]))

const number = (field: number, value: number) => Buffer.concat([varint(field * 8), varint(value)])
const text = (field: number, value: string) => bytes(field, Buffer.from(value))
const bytes = (field: number, content: Buffer) =>
  Buffer.concat([varint(field * 8 + 2), varint(content.byteLength), content])

function varint(value: number): Buffer {
  const out: number[] = []
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...out, rest])
    out.push((rest % 128) + 128)
  }
}
