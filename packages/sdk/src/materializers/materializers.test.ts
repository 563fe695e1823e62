import {
  booleanColumn,
  exportOnnx,
  featureMatrix,
  float64Column,
  int64Column,
  RandomForest,
  StandardScaler,
  stringColumn,
  Table,
} from '@airlock-ml/tabular'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { type Artifact, json, model, table, text } from '../define/artifact.ts'
import { materializers } from './materializers.ts'

const what = 'Output "x" of step "s"'
const write = (artifact: Artifact, value: unknown) => materializers[artifact.type].write(value, { artifact, what })
const read = (artifact: Artifact, bytes: Uint8Array) => materializers[artifact.type].read(bytes, { artifact, what })

const numbers = new Table([
  float64Column('size', [1.5, Number.NaN, -0]),
  int64Column('count', [1, 2, 3]),
  stringColumn('site', ['left', null, 'ünï']),
  booleanColumn('seen', [true, false, null]),
])
const onnx = () => {
  const features = featureMatrix(new Table([float64Column('a', [1, 2, 3, 4])]), ['a'])
  const scaler = StandardScaler.fit(features)
  const forest = RandomForest.train(scaler.transform(features), [0, 0, 1, 1], { seed: 1, trees: 2 })
  return exportOnnx({ scaler, classifier: forest, featureNames: ['a'], classLabels: ['no', 'yes'] })
}

test('a table comes back as it was, with its size as metadata', async () => {
  const { bytes, metadata } = await write(table(), numbers)
  expect(metadata).toEqual({ rowCount: 3, columns: ['size', 'count', 'site', 'seen'] })
  const back = (await read(table(), bytes)) as Table
  expect(back.toRows()).toEqual(numbers.toRows())
})

test('a model comes back bit for bit', async () => {
  const bytes = onnx()
  expect(await read(model(), (await write(model(), bytes)).bytes)).toEqual(bytes)
})

test.each([[{ a: [1, 'x', null, { b: true }] }], [[]], [0], ['text'], [null]])('JSON %j comes back', async (value) => {
  expect(await read(json(), (await write(json(), value)).bytes)).toEqual(value)
})

test.each(['', 'ünï \u{1f600}\r\n', '\ufeffmarked'])('text %j comes back', async (value) => {
  expect(await read(text(), (await write(text(), value)).bytes)).toBe(value)
})

test('equal JSON has equal bytes, whatever the order of its keys', async () => {
  const [one, other] = await Promise.all([write(json(), { a: 1, b: 2 }), write(json(), { b: 2, a: 1 })])
  expect(one.bytes).toEqual(other.bytes)
})

test('JSON that does not fit the schema of its reader is refused when it is read', async () => {
  const { bytes } = await write(json(), { accuracy: 'high' })
  await expect(read(json(z.object({ accuracy: z.number() })), bytes)).rejects.toThrow(
    'does not fit its schema: accuracy expected number, got the text "high".',
  )
})

test('bytes that are no UTF-8 are no text and no JSON', async () => {
  await expect(read(text(), Uint8Array.of(0xff))).rejects.toThrow()
  await expect(read(json(), Uint8Array.of(0x22, 0xff, 0x22))).rejects.toThrow()
})
