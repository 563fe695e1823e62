import type { SnapshotStep } from '@airlock-ml/contract'
import { expect, test } from 'vitest'
import { coloursFor } from '../output/colours.ts'
import { gatherSteps } from './gather-steps.ts'
import { graphOf } from './graph.ts'
import { graphMermaid } from './mermaid.ts'
import { graphSvg } from './svg.ts'
import { graphText } from './text.ts'

const plain = coloursFor({}, {})
const stepOf = (name: string, inputs: SnapshotStep['inputs'] = {}, more: Partial<SnapshotStep> = {}): SnapshotStep => ({
  name,
  inputs,
  outputs: {},
  parameters: {},
  ...more,
})
const from = (step: string, output: string) => ({ from: 'step' as const, step, output })

const steps = [
  stepOf('load'),
  stepOf('split', { table: from('load', 'table') }),
  stepOf('train', { train: from('split', 'train') }),
  stepOf('end', {
    model: from('train', 'model'),
    test: from('split', 'test'),
    scaler: { from: 'model', role: 'scaler' },
  }),
  stepOf('tell', {}, { after: ['end'], when: { step: 'train', output: 'is_good' } }),
]

test('a step stands below the last that it waits for, and the others are named', () => {
  expect(graphText(graphOf({ steps }), plain).split('\n')).toEqual([
    'load',
    '└─ split  ← table',
    '   └─ train  ← train',
    '      └─ end  ← model, test of split, scaler of the pinned version',
    '         └─ tell  ← after, when is_good of train',
  ])
})

test('branches are drawn as such', () => {
  const forked = [
    stepOf('a'),
    stepOf('b', { x: from('a', 'x') }),
    stepOf('c', { x: from('b', 'x') }),
    stepOf('d', { x: from('a', 'x') }),
  ]
  expect(graphText(graphOf({ steps: forked }), plain)).toBe('a\n├─ b  ← x\n│  └─ c  ← x\n└─ d  ← x')
})

test('what is read by its digest is drawn as what it is called, once', () => {
  const raw = { from: 'artifact' as const, name: 'raw-data', digest: 'a'.repeat(64) }
  const graph = graphOf({ steps: [stepOf('a', { raw }), stepOf('b', { x: from('a', 'x'), raw })] })
  expect(graphText(graph, plain)).toBe('a  ← artifact raw-data\n└─ b  ← x, artifact raw-data')
  expect(graphMermaid(graph)).toContain('data_0[("raw-data")]\n')
  expect(graphMermaid(graph)).toContain('data_0 --> s_b')
  const svg = graphSvg('reads', graph)
  expect(svg.match(/<rect class="pinned" /g)).toHaveLength(1)
  expect(svg.match(/<rect class="step" /g)).toHaveLength(2)
})

test('a fan-in of a list is a line from each', () => {
  const list = { from: 'list' as const, items: [from('a', 'x'), from('b', 'x')] }
  const { edges, layers } = graphOf({ steps: [stepOf('a'), stepOf('b'), stepOf('join', { all: list })] })
  expect(edges.map((edge) => edge.from)).toEqual(['a', 'b'])
  expect(layers.get('join')).toBe(1)
})

test('Mermaid gets every step and line, under names that are no words of its own', () => {
  const text = graphMermaid(graphOf({ steps }))
  expect(text).toContain('s_end["end"]')
  expect(text).toContain('s_split -->|"test"| s_end')
  expect(text).toContain('model -->|"scaler"| s_end')
})

test('the SVG holds a box a step, inside its frame', () => {
  const svg = graphSvg('training', graphOf({ steps }))
  expect(svg.match(/<rect class="step" /g)).toHaveLength(steps.length)
  expect(svg).not.toMatch(/NaN|Infinity|undefined/)
  const [, width, height] = svg.match(/width="([\d.]+)" height="([\d.]+)"/)!.map(Number)
  for (const [, x, y, w, h] of svg.matchAll(
    /<rect class="step" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="(\d+)"/g,
  )) {
    expect(Number(x) + Number(w)).toBeLessThan(width!)
    expect(Number(y) + Number(h)).toBeLessThan(height!)
  }
})

test('an SVG of more steps than can be looked at is refused, with what to do', () => {
  const many = graphOf({ steps: Array.from({ length: 2_001 }, (_, at) => stepOf(`s${at}`)) })
  expect(() => graphSvg('many', many)).toThrow('many has 2001 steps, and 2000 are the most to draw. Use --format text')
})

test('20,000 steps in a row are drawn', () => {
  const many = Array.from({ length: 20_000 }, (_, at) =>
    stepOf(`s${at}`, at === 0 ? {} : { x: from(`s${at - 1}`, 'x') }),
  )
  const graph = graphOf({ steps: many })
  expect(graph.layers.get('s19999')).toBe(19_999)
  const lines = graphText(graph, plain).split('\n')
  expect(lines).toHaveLength(20_000)
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(250)
})

test('ten thousand steps of a fan-out are drawn as one, whatever the format', () => {
  const folds = Array.from({ length: 10_000 }, (_, at) => at)
  const wide = graphOf({
    steps: [
      stepOf('load'),
      ...folds.map((at) => stepOf(`train_${at}`, { table: from('load', 'table') })),
      ...folds.map((at) => stepOf(`judge_${at}`, { model: from(`train_${at}`, 'model') })),
      stepOf('pick', { scores: { from: 'list', items: folds.map((at) => from(`judge_${at}`, 'score')) } }),
    ],
  })
  const drawn = gatherSteps(wide)
  expect(graphText(drawn, plain).split('\n')).toEqual([
    'load',
    '└─ train_0 … train_9999 (10000)  ← table',
    '   └─ judge_0 … judge_9999 (10000)  ← model',
    '      └─ pick  ← score',
  ])
  expect(graphMermaid(drawn).split('\n')).toHaveLength(8)
  expect(graphSvg('wide', drawn).match(/<rect class="step" /g)).toHaveLength(4)
})

test('what is wired otherwise, or is few, is drawn by itself', () => {
  const few = graphOf({ steps: [1, 2, 3].map((at) => stepOf(`fold_${at}`)) })
  expect(gatherSteps(few)).toBe(few)
  const numbers = Array.from({ length: 9 }, (_, at) => at)
  const mixed = [
    stepOf('a'),
    ...numbers.map((at) => stepOf(`fold_${at}`, { x: from('a', at === 0 ? 'y' : 'x') })),
    ...numbers.map((at) => stepOf(`fold_${at}_again`, { x: from('a', 'x') })),
  ]
  expect(gatherSteps(graphOf({ steps: mixed })).labels).toBeUndefined()
  const one = stepOf('fold_9', { x: from('a', 'x') })
  expect(gatherSteps(graphOf({ steps: [...mixed, one] })).labels?.get('fold_1')).toBe('fold_1 … fold_9 (9)')
})
