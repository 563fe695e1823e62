import { PbfWriter } from 'pbf'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { expect, test } from 'vitest'
import { trained, wisconsin } from '../../test/wisconsin.ts'
import { RandomForest } from '../learn/random-forest.ts'
import { StandardScaler } from '../learn/standard-scaler.ts'
import { assertSafeOnnx } from './assert-safe-onnx.ts'
import { exportOnnx } from './export-onnx.ts'
import { inspectOnnx } from './inspect-onnx.ts'
import { OnnxError } from './onnx-error.ts'
import { type AttributeValue, type ModelSpec, type NodeSpec, writeModel } from './write-model.ts'

function modelOf(nodes: NodeSpec[], changes: Partial<ModelSpec> = {}): Uint8Array {
  return writeModel({
    irVersion: 8,
    producer: 'test',
    opsets: [{ domain: '', version: 15 }],
    graphName: 'g',
    nodes,
    constants: [],
    inputs: [{ name: 'x', elementType: 'float', shape: ['N', 2] }],
    outputs: [{ name: 'y', elementType: 'float', shape: ['N', 2] }],
    metadata: [],
    ...changes,
  })
}

const node = (opType: string, domain = ''): NodeSpec => ({ domain, opType, inputs: ['x'], outputs: ['y'] })

/** One length-delimited field. */
function field(number: number, content: Uint8Array): Uint8Array {
  const pbf = new PbfWriter()
  pbf.writeBytesField(number, content)
  return pbf.finish().slice()
}

const join = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts))
const text = (value: string) => new Uint8Array(Buffer.from(value))

/** A model whose graph, or whose only node's only attribute, is the bytes given. */
const withGraph = (...parts: Uint8Array[]) => field(7, join(...parts))
const withAttribute = (...parts: Uint8Array[]) =>
  withGraph(field(1, join(field(4, text('Identity')), field(5, join(field(1, text('a')), ...parts)))))

const codeOf = (bytes: Uint8Array): string => {
  try {
    assertSafeOnnx(bytes)
    return 'let through'
  } catch (error) {
    return error instanceof OnnxError ? error.code : String(error)
  }
}

test('a model of ours is let through, and its summary says what it is', async () => {
  const { table, featureNames } = await wisconsin()
  const { onnx } = trained(table, featureNames, { seed: 1, trees: 3 })
  const summary = assertSafeOnnx(onnx)
  expect(summary).toEqual(inspectOnnx(onnx))
  expect(summary).toMatchObject({
    sizeBytes: onnx.length,
    irVersion: 8,
    producer: 'airlock',
    opsets: [
      { domain: '', version: 15 },
      { domain: 'ai.onnx.ml', version: 3 },
    ],
    inputs: [{ name: 'features', elementType: 'float', shape: ['N', 30] }],
    outputs: [
      { name: 'label', elementType: 'string', shape: ['N'] },
      { name: 'probabilities', elementType: 'float', shape: ['N', 2] },
    ],
    hasExternalData: false,
    unopened: [],
  })
  expect(summary.operators.map(({ opType }) => opType)).toEqual([
    'Scaler',
    'TreeEnsembleRegressor',
    'Div',
    'ArgMax',
    'LabelEncoder',
  ])
  expect(JSON.parse(summary.metadata.get('airlock.feature_names')!)).toEqual(featureNames)
})

test('operators and domains that are not on the list are refused by name', () => {
  expect(codeOf(modelOf([node('Identity')]))).toBe('let through')
  expect(codeOf(modelOf([node('Identity', 'ai.onnx')]))).toBe('let through')
  for (const opType of [
    'Loop',
    'If',
    'Scan',
    'identity',
    'Identity\0',
    '',
    'constructor',
    'TreeEnsembleClassifier',
    'ZipMap',
  ]) {
    expect(codeOf(modelOf([node(opType)]))).toBe('onnx_forbidden_operator')
  }
  for (const domain of ['com.microsoft', 'ai.onnx.ml ', '__proto__', 'ai.onnx.ml']) {
    expect(codeOf(modelOf([node('Identity', domain)]))).toBe('onnx_forbidden_operator')
  }
  expect(codeOf(modelOf([node('Identity')], { opsets: [{ domain: 'evil', version: 1 }] }))).toBe(
    'onnx_forbidden_operator',
  )
  expect(() => assertSafeOnnx(modelOf([node('Loop')]))).toThrow('the operator ai.onnx.Loop')
})

test('data outside the file is refused, in constants and in attributes', () => {
  const location = field(13, join(field(1, text('location')), field(2, text('/etc/passwd'))))
  const flagged = Uint8Array.of((14 << 3) | 0, 1)
  for (const tensor of [location, flagged]) {
    expect(codeOf(withGraph(field(5, tensor)))).toBe('onnx_external_data')
    expect(codeOf(withAttribute(field(5, tensor)))).toBe('onnx_external_data')
    expect(codeOf(withAttribute(field(10, tensor)))).toBe('onnx_external_data')
  }
})

test('subgraphs, functions, training, sparse tensors, references and device settings are refused', () => {
  const nothing = new Uint8Array(0)
  for (const number of [6, 11, 21, 22, 23])
    expect(codeOf(withAttribute(field(number, nothing)))).toBe('onnx_forbidden_feature')
  expect(codeOf(withGraph(field(15, nothing)))).toBe('onnx_forbidden_feature')
  for (const number of [20, 25, 26]) {
    expect(codeOf(join(withGraph(), field(number, nothing)))).toBe('onnx_forbidden_feature')
  }
})

test('what two readers could understand differently is refused', () => {
  const graph = withGraph()
  expect(codeOf(graph)).toBe('let through')
  const unsound = [
    new Uint8Array(0),
    join(graph, graph),
    join(graph, field(77, text('x'))),
    join(graph, Uint8Array.of((1 << 3) | 2, 0)),
    join(graph, Uint8Array.of((1 << 3) | 3)),
    join(graph, Uint8Array.of((1 << 3) | 0)),
    join(graph, Uint8Array.of((1 << 3) | 0, ...Array(11).fill(0xff))),
    join(graph, Uint8Array.of((2 << 3) | 2, 5, 1)),
    join(graph, field(2, Uint8Array.of(0xff))),
    join(graph, field(14, field(1, text('k'))), field(14, field(1, text('k')))),
    withGraph(field(1, join(field(4, text('Identity')), field(4, text('Loop'))))),
    Uint8Array.of((7 << 3) | 2, 0xff, 0xff, 0xff, 0xff, 0x0f),
  ]
  for (const [i, bytes] of unsound.entries()) expect([i, codeOf(bytes)]).toEqual([i, 'onnx_malformed'])
})

test('limits on size, nodes and parts are kept', () => {
  const model = modelOf([node('Identity'), node('Identity')])
  expect(() => inspectOnnx(model, { maxBytes: model.length - 1 })).toThrow(
    expect.objectContaining({ code: 'onnx_too_large' }),
  )
  expect(() => inspectOnnx(model, { maxNodes: 1 })).toThrow(expect.objectContaining({ code: 'onnx_too_large' }))
  expect(() => inspectOnnx(model, { maxParts: 3 })).toThrow(expect.objectContaining({ code: 'onnx_too_large' }))
  expect(inspectOnnx(model, { maxBytes: model.length, maxNodes: 2 }).operators).toEqual([
    { domain: '', opType: 'Identity', count: 2 },
  ])
})

const stump: Record<string, AttributeValue> = {
  n_targets: { int: 1 },
  nodes_falsenodeids: { ints: [2, 0, 0] },
  nodes_featureids: { ints: [1, 0, 0] },
  nodes_modes: { strings: ['BRANCH_LEQ', 'LEAF', 'LEAF'] },
  nodes_nodeids: { ints: [0, 1, 2] },
  nodes_treeids: { ints: [0, 0, 0] },
  nodes_truenodeids: { ints: [1, 0, 0] },
  nodes_values: { floats: [0.5, 0, 0] },
  target_ids: { ints: [0, 0] },
  target_nodeids: { ints: [1, 2] },
  target_treeids: { ints: [0, 0] },
  target_weights: { floats: [1, 0] },
}

test('trees that read past a row, loop, lead nowhere or contradict themselves are refused', () => {
  const tree = (changes: Record<string, AttributeValue>, inputs = ['x']) =>
    codeOf(
      modelOf([
        {
          domain: 'ai.onnx.ml',
          opType: 'TreeEnsembleRegressor',
          inputs,
          outputs: ['y'],
          attributes: { ...stump, ...changes },
        },
      ]),
    )
  expect(tree({})).toBe('let through')
  const changes: Record<string, AttributeValue>[] = [
    { nodes_featureids: { ints: [2, 0, 0] } },
    { nodes_featureids: { ints: [2 ** 40, 0, 0] } },
    { nodes_featureids: { ints: [1, 0] } },
    { nodes_truenodeids: { ints: [0, 0, 0] } },
    { nodes_falsenodeids: { ints: [9, 0, 0] } },
    { nodes_treeids: { ints: [0, 1, 0] } },
    { nodes_nodeids: { ints: [0, 1, 1] } },
    { nodes_modes: { strings: ['BRANCH_MEMBER', 'LEAF', 'LEAF'] } },
    { nodes_values: { floats: [0.5, 0] } },
    { target_ids: { ints: [0, 1] } },
    { target_nodeids: { ints: [1, 0] } },
    { target_nodeids: { ints: [1, 1] } },
    { target_weights: { floats: [1] } },
    { n_targets: { int: 0 } },
    { n_targets: { int: 2 ** 31 } },
    { base_values: { floats: [1, 2] } },
    { nodes_values_as_tensor: { floats: [1] } },
  ]
  for (const change of changes) expect([change, tree(change)]).toEqual([change, 'onnx_malformed'])
  expect(tree({}, ['unknown'])).toBe('onnx_malformed')
})

test('behind a plain Gemm with constant weights, trees may ask for as many features as it has columns', () => {
  const projected = (parts: { columns?: number; gemm?: Partial<NodeSpec>; model?: Partial<ModelSpec> }) => {
    const gemm: NodeSpec = { opType: 'Gemm', inputs: ['x', 'w', 'b'], outputs: ['p'], ...parts.gemm }
    const trees: NodeSpec = {
      domain: 'ai.onnx.ml',
      opType: 'TreeEnsembleRegressor',
      inputs: ['p'],
      outputs: ['y'],
      attributes: stump,
    }
    const columns = parts.columns ?? 2
    const constants = [
      { name: 'w', shape: [2, columns], values: Array(2 * columns).fill(1) },
      { name: 'b', values: Array(columns).fill(0) },
    ]
    return codeOf(modelOf([gemm, trees], { constants, ...parts.model }))
  }
  expect(projected({})).toBe('let through')
  // The tree asks for the second feature, and a projection on one has none.
  expect(projected({ columns: 1 })).toBe('onnx_malformed')
  const anyRows = (name: string) => ({ name, elementType: 'float' as const, shape: ['N', 2] })
  const doubtful: Parameters<typeof projected>[0][] = [
    { gemm: { attributes: { transB: { int: 1 } } } },
    { gemm: { domain: 'ai.onnx.ml' } },
    { gemm: { inputs: ['x', 'unknown', 'b'] } },
    { gemm: { inputs: ['x', 'b', 'b'] } },
    { gemm: { opType: 'MatMul' } },
    { model: { inputs: [anyRows('x'), anyRows('w')] } },
    { model: { constants: [1, 2].map(() => ({ name: 'w', shape: [2, 2], values: [1, 1, 1, 1] })) } },
  ]
  for (const doubt of doubtful) {
    expect([doubt, projected(doubt)]).toEqual([doubt, expect.stringMatching('onnx_malformed|onnx_forbidden_operator')])
  }
})

function smallModel(): Uint8Array {
  const columns = [Float32Array.of(1, 2, 3, 4, 5, 6), Float32Array.of(3, 1, 4, 1, 5, 9)]
  const features = { names: ['a', 'b'], columns, rowCount: 6 }
  const scaler = StandardScaler.fit(features)
  const forest = RandomForest.train(scaler.transform(features), [0, 1, 0, 1, 0, 1], { seed: 1, trees: 2 })
  return exportOnnx({ scaler, classifier: forest, featureNames: features.names, classLabels: ['no', 'yes'] })
}

test('every truncation of a model is refused as malformed', () => {
  const bytes = smallModel()
  expect(codeOf(bytes)).toBe('let through')
  const codes = new Set<string>()
  for (let length = 0; length < bytes.length; length++) codes.add(codeOf(bytes.subarray(0, length)))
  // A cut between two fields of the model leaves a model with less metadata: sound, but another one.
  expect([...codes].sort()).toEqual(['let through', 'onnx_malformed'])
  const graphEnd = bytes.length - 200
  expect(codeOf(bytes.subarray(0, graphEnd - 400))).toBe('onnx_malformed')
})

test('damaged models are refused with a code or understood, and nothing else ever happens', () => {
  const bytes = smallModel()
  const random = xoroshiro128plus(77)
  const codes = new Set<string>()
  for (let i = 0; i < 20_000; i++) {
    const damaged = bytes.slice()
    const flips = uniformInt(random, 1, 3)
    for (let j = 0; j < flips; j++) damaged[uniformInt(random, 0, bytes.length - 1)] = uniformInt(random, 0, 255)
    codes.add(codeOf(damaged))
  }
  expect([...codes].filter((code) => code !== 'let through' && !code.startsWith('onnx_'))).toEqual([])
  expect(codes.size).toBeGreaterThan(2)
})
