import { expect, test } from 'vitest'
import { booleanColumn, float32Column } from '../table/column.ts'
import { Table } from '../table/table.ts'
import { DriftWindow } from './drift-window.ts'
import { type DriftLimits, judgeDrift } from './judge-drift.ts'
import { referenceProfile } from './make-reference-profile.ts'
import { NumberBins } from './number-bins.ts'

const names = ['age', 'site']
const classes = ['no', 'yes']
const limits: DriftLimits = {
  minRows: 100,
  psi: { warn: 0.1, breach: 0.2 },
  ks: { warn: 0.15, breach: 0.3 },
  shift: { warn: 0.5, breach: 1 },
  missing: { warn: 0.01, breach: 0.05 },
  outOfRange: { warn: 0.05, breach: 0.1 },
}

/** A sequence that fills 0 to 1 evenly (by the golden ratio), begun elsewhere for each `seed`. */
const even = (rows: number, seed = 0) => Array.from({ length: rows }, (_, i) => ((i + seed) * 0.6180339887498949) % 1)

/** Ages from 20 to 70, one of three sites, and a model that is surer the older somebody is. */
function patients(rows: number, { seed = 0, older = 0, site = [0, 1, 2] } = {}) {
  const ages = Float32Array.from(even(rows, seed), (share) => 20 + 50 * share + older)
  const features = Float32Array.from({ length: rows * 2 }, (_, i) =>
    i % 2 ? site[(i >> 1) % site.length]! : ages[i >> 1]!,
  )
  const probabilities = Float32Array.from({ length: rows * 2 }, (_, i) => {
    const yes = Math.min(1, (ages[i >> 1]! - 20) / 50)
    return i % 2 ? yes : 1 - yes
  })
  const labels = Array.from(ages, (age) => (age > 45 ? 'yes' : 'no'))
  return { rows, features, labels, probabilities }
}

function profileOf(answered: ReturnType<typeof patients>) {
  const column = (at: number) =>
    Float32Array.from({ length: answered.rows }, (_, row) => answered.features[row * 2 + at]!)
  const table = new Table(names.map((name, at) => float32Column(name, column(at))))
  return referenceProfile(table, answered, { features: names, classLabels: classes })
}

const profile = profileOf(patients(400))
const openWindow = () => new DriftWindow(profile, { featureNames: names, classLabels: classes })

test('a profile says how features lie and what the model said, as plain JSON', () => {
  expect(JSON.parse(JSON.stringify(profile))).toEqual(profile)
  const [age, site] = profile.features
  expect(age).toMatchObject({ name: 'age', missing: 0, min: 20, mean: expect.closeTo(45, 0) })
  expect(age!.counts).toHaveLength(42)
  expect(age!.counts.slice(1, -1).every((rows) => rows === 10)).toBe(true)
  // A bin for each site, and one on each side for what was never met.
  expect(site!.counts).toEqual([0, 134, 133, 133, 0])
  expect(profile.labels).toEqual([
    { label: 'no', rows: expect.closeTo(200, -1) },
    { label: 'yes', rows: expect.closeTo(200, -1) },
  ])
  expect(profile.probabilities[1]!.counts.reduce((a, b) => a + b)).toBe(400)
})

test('rows like those of the profile are no drift, however they come in', () => {
  const window = openWindow()
  for (let batch = 0; batch < 40; batch++) window.add(patients(25, { seed: 1_000 + batch * 25 }))
  const summary = window.compare()
  expect(summary.rows).toBe(1_000)
  expect(judgeDrift(summary, limits)).toEqual({ level: 'ok', findings: [] })
})

test('older people are drift of the age, of the probability and of the labels, and of nothing else', () => {
  const window = openWindow()
  window.add(patients(1_000, { seed: 7, older: 20 }))
  const summary = window.compare()
  expect(summary.features[0]).toMatchObject({
    outOfRange: expect.closeTo(0.4, 1),
    ks: expect.closeTo(0.4, 1),
    wasserstein: expect.closeTo(20, 0),
    shift: expect.closeTo(20 / 14.4, 1),
    mean: expect.closeTo(65, 0),
  })
  const { level, findings } = judgeDrift(summary, limits)
  expect(level).toBe('breach')
  expect(new Set(findings.map(({ subject, name }) => `${subject} ${name}`.trim()))).toEqual(
    new Set(['feature age', 'probability no', 'probability yes', 'label']),
  )
  expect(findings.every(({ value, limit }) => value > limit)).toBe(true)
})

test('a value that was never met is drift of a feature with few values, also one between them', () => {
  const window = openWindow()
  window.add(patients(1_000, { seed: 7, site: [0, 1, 3] }))
  expect(window.compare().features[1]).toMatchObject({
    psi: expect.closeTo(4.4, 0),
    outOfRange: expect.closeTo(1 / 3, 2),
  })
})

test('the same difference in few rows may be chance, and fewer still are not judged', () => {
  const judged = (rows: number) => {
    const window = openWindow()
    const { features, labels, probabilities } = patients(10_000, { older: 4 })
    window.add({ rows, features, labels, probabilities })
    return {
      ...judgeDrift(window.compare(), { ...limits, psi: { warn: 0.05, breach: 0.1 }, outOfRange: null, ks: null }),
    }
  }
  expect(judged(99).level).toBe('too-few')
  expect(judged(100)).toMatchObject({ level: 'ok' })
  expect(judged(10_000).level).not.toBe('ok')
})

test('missing values are counted, in no bin, and one number far away does not hide', () => {
  const window = openWindow()
  const answered = patients(200, { seed: 3 })
  for (let row = 0; row < 20; row++) answered.features[row * 2] = Number.NaN
  answered.features[60] = 1e30
  window.add(answered)
  window.addMissing('age', 20)
  const [age] = window.compare().features
  expect(age!.missing).toBeCloseTo(40 / 220, 10)
  expect(age!.shift!).toBeGreaterThan(1e20)
  window.clear()
  expect(window.compare().features[0]).toMatchObject({ psi: null, ks: null, mean: null, missing: 0 })
})

test('every value is in the bin that a search through all edges finds', () => {
  const edges = [-3.5, -3.25, 0, 1e-30, 0.5, 0.75, 1_000].map(Math.fround)
  const values = Float32Array.from([
    ...edges,
    ...edges.map((edge) => edge + 1e-3),
    -1e38,
    1e38,
    ...even(500).map((v) => v * 8 - 4),
  ])
  const bins = new NumberBins(edges)
  bins.add(values, { from: 0, stride: 1, rows: values.length })
  const expected = Array(edges.length + 1).fill(0)
  for (const value of values) expected[edges.filter((edge) => value > edge).length]++
  expect([...bins.counts]).toEqual(expected)
})

test('what is no number, or not predicted row by row, is refused by name', () => {
  const table = new Table([booleanColumn('age', [true])])
  const said = { labels: ['no'], probabilities: Float32Array.from([1, 0]) }
  const make = (rows: Table) => () => referenceProfile(rows, said, { features: ['age'], classLabels: classes })
  expect(make(table)).toThrow(/"age" holds boolean values/)
  expect(make(new Table([float32Column('age', [1, 2])]))).toThrow(/predictions for 1 rows, and the table has 2/)
  expect(make(new Table([float32Column('age', [Infinity])]))).toThrow(/Row 1 of column "age" is Infinity/)
})
