import { expect, test } from 'vitest'
import { target, wisconsin } from '../../test/wisconsin.ts'
import { writeParquet } from '../parquet/write-parquet.ts'
import { booleanColumn, float64Column, int64Column, stringColumn } from '../table/column.ts'
import { Table } from '../table/table.ts'
import { profileParquet, profileTable } from './profile-table.ts'

const rowCount = 100
const label = (i: number) => (i % 4 === 0 ? 'ill' : 'well')
const rows = Array.from({ length: rowCount }, (_, i) => i)
const classes = stringColumn('class', rows.map(label))
const profileOf = (...columns: ConstructorParameters<typeof Table>[0]) =>
  profileTable(new Table([...columns, classes]), { target: 'class' })
const kinds = (profile: ReturnType<typeof profileTable>) =>
  profile.findings.map(({ kind, column }) => `${kind} ${column}`)

test('numbers are summed up as R and NumPy do', () => {
  const table = new Table([float64Column('x', [2, 4, 4, null, 4, 5, 5, 7, 9])])
  const [column] = profileTable(table).columns
  expect(column).toMatchObject({ name: 'x', kind: 'float64', missing: 1, distinct: 5 })
  expect(column!.categories[0]).toEqual({ value: 4, rows: 3 })
  const { min, max, mean, standardDeviation, quantiles, histogram } = column!.numbers!
  expect([min, max, mean]).toEqual([2, 9, 5])
  expect(standardDeviation).toBeCloseTo(Math.sqrt(32 / 7), 12)
  // quantile(c(2, 4, 4, 4, 5, 5, 7, 9)) in R: 4, 4.5, 5.5 at the quarters.
  expect([quantiles['0.25'], quantiles['0.5'], quantiles['0.75']]).toEqual([4, 4.5, 5.5])
  expect(histogram.counts.reduce((sum, count) => sum + count, 0)).toBe(8)
  expect([histogram.low, histogram.high, histogram.counts.at(-1)]).toEqual([2, 9, 1])
})

test('the reference data set has nothing to find, and its best known correlation', async () => {
  const { table } = await wisconsin()
  const profile = profileTable(table, { target })
  expect(profile.findings).toEqual([])
  const { columns, values } = profile.correlations
  const between = (a: string, b: string) => values[columns.indexOf(a)]![columns.indexOf(b)]
  expect(between('mean_radius', 'mean_perimeter')).toBeCloseTo(0.997855, 5)
  expect(between('mean_radius', 'mean_radius')).toBeCloseTo(1, 12)
  expect(profile.columns.find(({ name }) => name === target)!.categories).toEqual([
    { value: 1, rows: 357 },
    { value: 0, rows: 212 },
  ])
})

test('empty columns, those with gaps and constant ones are named', () => {
  const profile = profileOf(
    float64Column(
      'gone',
      rows.map(() => null),
    ),
    float64Column(
      'flat',
      rows.map(() => 0.1),
    ),
    stringColumn(
      'site',
      rows.map((i) => (i === 3 ? null : 'left')),
    ),
    float64Column(
      'fine',
      rows.map((i) => (i * 37) % 100),
    ),
  )
  expect(kinds(profile)).toEqual([
    'column_missing gone',
    'column_constant flat',
    'column_gaps site',
    'column_constant site',
  ])
  expect(profile.columns[0]).toMatchObject({ missing: 100, distinct: 0, numbers: null })
  expect(profile.findings[0]!.message).toContain('No row has a value in "gone"')
  expect(profile.findings[2]!.message).toContain('"site" has no value in 1 of 100 rows (1.0 %). A feature must have')
  // A correlation with what does not vary says nothing.
  expect(profile.correlations.columns).toEqual(['flat', 'fine'])
  expect(profile.correlations.values[0]).toEqual([null, null])
})

test('columns that give the label away are named: equal to it, determining it, or parting it', () => {
  const profile = profileOf(
    int64Column(
      'code',
      rows.map((i) => (label(i) === 'ill' ? 7 : 3)),
    ),
    stringColumn(
      'ward',
      rows.map((i) => (label(i) === 'ill' ? `i${i % 5}` : `w${i % 3}`)),
    ),
    float64Column(
      'dose',
      rows.map((i) => (label(i) === 'ill' ? 100 + i / 7 : i / 7)),
    ),
    booleanColumn(
      'hint',
      rows.map((i) => label(i) === 'ill' || i % 9 === 0),
    ),
    stringColumn(
      'patient',
      rows.map((i) => `patient ${i}`),
    ),
  )
  expect(kinds(profile)).toEqual(['label_equal code', 'label_determined ward', 'label_parted dose'])
  expect(profile.findings[0]!.message).toContain('leakage')
})

test('a label that is missing in some rows still shows what gives it away', () => {
  const some = new Table([
    int64Column(
      'code',
      rows.map((i) => (label(i) === 'ill' ? 7 : 3)),
    ),
    stringColumn(
      'class',
      rows.map((i) => (i < 6 ? null : label(i))),
    ),
  ])
  const profile = profileTable(some, { target: 'class' })
  expect(kinds(profile)).toEqual(['label_equal code', 'column_gaps class'])
  expect(profile.findings[1]!.message).toContain('6 of 100 rows (6.0 %). They cannot be learned from')
})

test('a class with one row, and a target of one class, are named', () => {
  const one = new Table([
    stringColumn(
      'class',
      rows.map((i) => (i === 0 ? 'rare' : label(i))),
    ),
  ])
  const [finding] = profileTable(one, { target: 'class' }).findings
  expect(finding).toMatchObject({ kind: 'class_tiny', column: 'class' })
  expect(finding!.message).toContain('Label "rare" has 1 row: too few')
  const same = new Table([
    stringColumn(
      'class',
      rows.map(() => 'well'),
    ),
  ])
  expect(kinds(profileTable(same, { target: 'class' }))).toEqual(['class_single class'])
  expect(() => profileTable(one, { target: 'klass' })).toThrow('Did you mean "class"')
})

test('a target of many numbers is no class, and nothing is found in it', () => {
  const many = Array.from({ length: 3_000 }, (_, i) => i / 7)
  const table = new Table([
    float64Column('price', many),
    float64Column(
      'double',
      many.map((x) => 2 * x),
    ),
  ])
  expect(profileTable(table, { target: 'price' }).findings).toEqual([])
})

test('of a Parquet file the profile is the same, row group by row group, and large ones are sampled', async () => {
  const large = 120_000
  const table = new Table([
    float64Column(
      'x',
      Float64Array.from({ length: large }, (_, i) => (i * 7_919) % large),
    ),
    int64Column(
      'y',
      Array.from({ length: large }, (_, i) => (i % 11 === 0 ? null : i % 3)),
    ),
    stringColumn(
      'class',
      Array.from({ length: large }, (_, i) => label(i)),
    ),
  ])
  const streamed = await profileParquet(await writeParquet(table), { target: 'class' })
  const whole = profileTable(table, { target: 'class' })
  expect(streamed.sampledRows).toBe(20_000)
  const [x, y] = streamed.columns
  expect(x!.numbers!.quantiles['0.5'] / large).toBeCloseTo(0.5, 2)
  expect(x!.distinct).toBeNull()
  expect(y).toMatchObject({ missing: whole.columns[1]!.missing, distinct: 3 })
  // Moments joined over row groups may round apart; all else is equal.
  expect(x!.numbers!.mean).toBeCloseTo(whole.columns[0]!.numbers!.mean, 6)
  expect(x!.numbers!.standardDeviation).toBeCloseTo(whole.columns[0]!.numbers!.standardDeviation!, 6)
  expect(x!.numbers!.quantiles).toEqual(whole.columns[0]!.numbers!.quantiles)
  expect(streamed.correlations).toEqual(whole.correlations)
  expect(streamed.findings).toEqual(whole.findings)
})

test('a column of numbers that a mark has made text of is named, with how to read it', () => {
  const texts = (name: string, ...values: string[]) => stringColumn(name, values)
  const { findings } = profileTable(
    new Table([
      texts('age', '31', 'NA', '4.5', '7', '-2'),
      texts('code', '007', '008', '009', '010', '011'),
      texts('word', 'a', 'b', '1', 'c', 'd'),
      texts('number', '1', '2', '3', '4', '5'),
    ]),
  )
  expect(findings).toEqual([
    {
      kind: 'column_numbers_as_text',
      column: 'age',
      message:
        '"age" is text, though 80.0 % of its values are numbers; the others are "NA". Where that stands for a missing value, read it as one: readCsv(path, { missing: ["NA"] }).',
    },
  ])
})

test('a table without rows has a profile too', async () => {
  const empty = new Table([float64Column('x', []), stringColumn('s', [])])
  expect(profileTable(empty)).toMatchObject({ rowCount: 0, sampledRows: 0, findings: [] })
  expect(JSON.parse(JSON.stringify(profileTable(empty)))).toEqual(profileTable(empty))
})
