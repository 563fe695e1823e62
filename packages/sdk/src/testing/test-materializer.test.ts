import { float64Column, Table } from '@airlock-ml/tabular'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { buildGraph } from '../compile/build-graph.ts'
import { artifact, bytes, json, pipeline, step, table, text } from '../index.ts'
import { testMaterializer } from './test-materializer.ts'
import { testStep } from './test-step.ts'

const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))
const decode = (stored: Uint8Array) => JSON.parse(new TextDecoder().decode(stored))

const labelMap = artifact({
  name: 'label_map',
  mediaType: 'application/json',
  schema: z.map(z.string(), z.int()),
  write: (labels: Map<string, number>) => encode([...labels]),
  read: (stored) => new Map<string, number>(decode(stored)),
})

test('values of a kind of its own come back, with their sizes told', async () => {
  expect(await testMaterializer(labelMap, [new Map(), new Map([['benign', 0]])])).toEqual([2, 14])
  await testMaterializer(bytes(), [new Uint8Array(), Uint8Array.of(0, 255)])
})

test('the kinds there are hold, too', async () => {
  await testMaterializer(json<unknown>(), [null, { a: [1, 'x'] }])
  await testMaterializer(text(), ['', 'ünï'])
  const equal = (one: Table, other: Table) => JSON.stringify(one.toRows()) === JSON.stringify(other.toRows())
  await testMaterializer(table(), [new Table([float64Column('size', [1, 2])])], { equal })
})

test('what does not come back, comes shared, or has other bytes each time is told', async () => {
  const lossy = artifact({
    name: 'lossy',
    write: (value: Date) => encode(value),
    read: (stored) => decode(stored) as Date,
  })
  await expect(testMaterializer(lossy, [new Date(0)])).rejects.toThrow(
    'Value 0 (a Date) of lossy did not come back: read was the text "1970-01-01T00:00:00.000Z", which is not equal.',
  )
  const one = { a: 1 }
  const shared = artifact({ name: 'shared', write: (value: object) => encode(value), read: () => one })
  await expect(testMaterializer(shared, [{ a: 1 }])).rejects.toThrow('is read as the same object twice')
  let count = 0
  const counted = artifact({
    name: 'counted',
    write: (value: number) => encode([value, count++]),
    read: (stored) => decode(stored)[0] as number,
  })
  await expect(testMaterializer(counted, [1])).rejects.toThrow('has other bytes when it is written again')
})

test('a value that does not fit its schema, and functions that fail, are told with the output', async () => {
  const make = (value: unknown, kind = labelMap) =>
    testStep(
      step({ name: 'make', outputs: { labels: kind }, run: () => ({ labels: value as Map<string, number> }) }),
      {},
    )
  await expect(make(new Map([['benign', 'x']]))).rejects.toThrow(
    'Output "labels" of step "make" does not fit its schema',
  )
  const broken = artifact({
    name: 'broken',
    write: (() => 'text') as unknown as (value: Map<string, number>) => Uint8Array,
    read: (): Map<string, number> => {
      throw new Error('cut off')
    },
  })
  await expect(make(new Map(), broken)).rejects.toThrow('must return a Uint8Array, got the text "text".')
  const unreadable = artifact({ ...brokenRead, name: 'unreadable' })
  await expect(make(new Map(), unreadable)).rejects.toThrow(
    'Output "labels" of step "make" could not be read as unreadable: cut off',
  )
})

const brokenRead = {
  write: (value: Map<string, number>) => encode([...value]),
  read: (): Map<string, number> => {
    throw new Error('cut off')
  },
}

test('an output of one kind fits no input of another, and the snapshot says which kind it is', () => {
  const other = artifact({ ...brokenRead, name: 'other_map' })
  const make = step({ name: 'make', outputs: { labels: labelMap }, run: () => ({ labels: new Map() }) })
  const read = step({ name: 'read', inputs: { labels: labelMap }, run: () => {} })
  const readOther = step({ name: 'read_other', inputs: { labels: other }, run: () => {} })
  const good = buildGraph(pipeline({ name: 'good', build: () => void read({ inputs: make() }) }), {})
  expect(good.steps[0]?.step.outputs).toEqual({
    labels: { type: 'bytes', kind: 'label_map', mediaType: 'application/json' },
  })
  const bad = pipeline({ name: 'bad', build: () => void readOther({ inputs: make() }) })
  expect(() => buildGraph(bad, {})).toThrow(
    'Input "labels" of step "read_other" is a other_map, but was given a label_map.',
  )
})

test.each([
  [{ name: 'Label map' }, 'An artifact is named the text "Label map"'],
  [{ mediaType: 'JSON' }, 'The media type of artifact "labels" is the text "JSON"'],
  [{ mediaType: 'application/x-python-pickle' }, 'must be data: what is run, rendered or unpickled is not stored'],
  [{ mediaType: 'text/html' }, 'must be data'],
  [{ read: undefined as never }, 'The read of artifact "labels" must be a function, got nothing.'],
])('%j is refused', (options, message) => {
  expect(() => artifact({ ...brokenRead, name: 'labels', ...options })).toThrow(message)
})
