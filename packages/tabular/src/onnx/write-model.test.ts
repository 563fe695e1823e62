import { expect, test } from 'vitest'
import { inspectOnnx } from './inspect-onnx.ts'
import { type ModelSpec, writeModel } from './write-model.ts'

const model: ModelSpec = {
  irVersion: 8,
  producer: 'p',
  opsets: [{ domain: '', version: 15 }],
  graphName: 'g',
  nodes: [{ opType: 'Add', inputs: ['x', 'c'], outputs: ['y'], attributes: { a: { int: 300 } } }],
  constants: [{ name: 'c', values: [1.5] }],
  inputs: [{ name: 'x', elementType: 'float', shape: ['N', 2] }],
  outputs: [{ name: 'y', elementType: 'int64', shape: [3] }],
  metadata: [{ key: '__proto__', value: 'ü' }],
}

test('a model is written as the bytes that the ONNX protobuf schema asks for', () => {
  const expected = [
    ...['0808', '120170'],
    // graph: node, name, constant, input, output
    '3a58',
    ...['0a1c', '0a0178', '0a0163', '120179', '1a0179', '2203416464', '2a09', '0a0161', '18ac02', 'a00102'],
    ...['120167', '2a0e', '0a0101', '1001', '22040000c03f', '420163'],
    ...['5a14', '0a0178', '120f', '0a0d', '0801', '1209', '0a0312014e', '0a020802'],
    ...['620f', '0a0179', '120a', '0a08', '0807', '1204', '0a020803'],
    // operator set and metadata
    ...['4204', '0a00', '100f'],
    ...['720f', '0a095f5f70726f746f5f5f', '1202c3bc'],
  ].join('')
  expect(Buffer.from(writeModel(model)).toString('hex')).toBe(expected)
})

test('what is written is read back', () => {
  expect(inspectOnnx(writeModel(model))).toMatchObject({
    irVersion: 8,
    producer: 'p',
    opsets: model.opsets,
    operators: [{ domain: '', opType: 'Add', count: 1 }],
    inputs: model.inputs,
    outputs: model.outputs,
    metadata: new Map([['__proto__', 'ü']]),
  })
})
