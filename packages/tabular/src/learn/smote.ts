import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator'
import { type Cell, type Column, cellOf, isNumberColumn } from '../table/column.ts'
import { Table } from '../table/table.ts'
import { TableError } from '../table/table-error.ts'
import { integerSetting, numberSetting } from './classifier.ts'
import { featureMatrix } from './feature-matrix.ts'
import { NearestRows } from './nearest-rows.ts'
import { shuffle } from './shuffle.ts'
import { StandardScaler } from './standard-scaler.ts'

/** How to add rows to small classes. */
export interface SmoteOptions {
  /** The number columns to interpolate; distances are measured in them, scaled. */
  readonly features: readonly string[]
  /** The column of the labels. */
  readonly target: string
  /** A 32-bit integer. The same seed, table and settings give the same rows on every machine. */
  readonly seed: number
  /** From how many nearest rows of its class a row's partner is drawn, 1 or more; 5 by default. */
  readonly neighbours?: number
  /** How large each class shall become, as a share of the largest, above 0 and at most 1; 1 by default. */
  readonly share?: number
}

/** A table with made-up rows behind the real ones. */
export interface SmoteResult {
  readonly table: Table
  /** How many rows each label gained; labels that gained none are not named. */
  readonly added: Readonly<Record<string, number>>
}

interface SyntheticRow {
  readonly from: number
  readonly to: number
  readonly gap: number
}

/**
 * Synthetic Minority Over-sampling (N. V. Chawla, K. W. Bowyer, L. O. Hall and W. P. Kegelmeyer, J. Artif. Intell. Res.
 * 16, 2002): each new row lies at a random place on the line from a row of a small class to one of its nearest rows of
 * the same class. Nearest is by Euclidean distance over standard-scaled features. Rows of a class take turns, in a
 * random order. Use it on the training part only: rows made from others say nothing of how a model does.
 *
 * Columns that are neither feature nor target are missing in new rows; whole-number features become `float64`.
 *
 * Throws `TableError`: `class_too_small` for a class that needs rows and has fewer than `neighbours + 1`;
 * `setting_invalid`; and those of `featureMatrix`.
 *
 * @example
 * const { table, added } = smote(train, { features: FEATURES, target: 'diagnosis', seed: 7 })
 */
export function smote(table: Table, options: SmoteOptions): SmoteResult {
  const neighbours = integerSetting('neighbours', options.neighbours ?? 5, [1, 1_000])
  const share = numberSetting('share', options.share ?? 1, [Number.MIN_VALUE, 1])
  if (options.features.includes(options.target)) {
    throw new TableError('setting_invalid', `"${options.target}" is the target and cannot be a feature too.`)
  }
  const random = xoroshiro128plus(integerSetting('seed', options.seed, [-(2 ** 31), 2 ** 32 - 1]))
  random.jump()
  const features = featureMatrix(table, options.features)
  const classes = rowsByLabel(table, options.target)
  const largest = Math.max(0, ...[...classes.values()].map((rows) => rows.length))
  const rows: SyntheticRow[] = []
  const added = new Map<string, number>()
  const scaled = features.rowCount === 0 ? features : StandardScaler.fit(features).transform(features)
  for (const [label, own] of classes) {
    const missing = Math.round(largest * share) - own.length
    if (missing <= 0) continue
    if (own.length <= neighbours) throw tooSmall(label, { rows: own.length, neighbours })
    rows.push(...synthesise(new NearestRows(scaled, own), { count: missing, neighbours, random }))
    added.set(String(label), missing)
  }
  const interpolated = new Set(options.features)
  const columns = table.columns.map((column) => extend(column, rows, { options, interpolated }))
  return { table: new Table(columns), added: Object.fromEntries(added) }
}

function rowsByLabel(table: Table, target: string): Map<Cell, number[]> {
  const column = table.column(target)
  const classes = new Map<Cell, number[]>()
  for (let row = 0; row < table.rowCount; row++) {
    const label = cellOf(column, row)
    if (label === null) {
      const message = `Row ${row + 1} has no label in column "${target}". Label the row or leave it out.`
      throw new TableError('value_missing', message, { column: target, row: row + 1 })
    }
    const rows = classes.get(label)
    if (rows) rows.push(row)
    else classes.set(label, [row])
  }
  return classes
}

function tooSmall(label: Cell, { rows, neighbours }: { rows: number; neighbours: number }): TableError {
  const message =
    `Class "${label}" has ${rows} ${rows === 1 ? 'row' : 'rows'}, but SMOTE with ${neighbours} neighbours needs at least ` +
    `${neighbours + 1}. Gather more rows, lower neighbours, or train without SMOTE.`
  return new TableError('class_too_small', message)
}

function* synthesise(
  nearest: NearestRows,
  { count, neighbours, random }: { count: number; neighbours: number; random: RandomGenerator },
): Generator<SyntheticRow> {
  const turns = shuffle(Int32Array.from(nearest.rows.keys()), random)
  for (let i = 0; i < count; i++) {
    const place = turns[i % turns.length]!
    const near = nearest.of(place, neighbours)
    const to = near[uniformInt(random, 0, near.length - 1)]!
    yield { from: nearest.rows[place]!, to, gap: uniformFloat64(random) }
  }
}

function extend(
  column: Column,
  rows: readonly SyntheticRow[],
  { options, interpolated }: { options: SmoteOptions; interpolated: ReadonlySet<string> },
): Column {
  const { name } = column
  const isTarget = name === options.target
  if (!isNumberColumn(column)) {
    const made = rows.map(({ from }) => (isTarget ? column.values[from]! : null))
    if (column.kind === 'string') return { name, kind: 'string', values: [...column.values, ...(made as string[])] }
    return { name, kind: 'boolean', values: [...column.values, ...(made as boolean[])] } as Column
  }
  const madeValue = ({ from, to, gap }: SyntheticRow): number => {
    const value = column.values[from]!
    if (isTarget) return value
    return interpolated.has(name) ? value + gap * (column.values[to]! - value) : Number.NaN
  }
  const kind = interpolated.has(name) && column.kind === 'int64' ? 'float64' : column.kind
  const length = column.values.length + rows.length
  const values = kind === 'float32' ? new Float32Array(length) : new Float64Array(length)
  values.set(column.values)
  for (const [i, row] of rows.entries()) values[column.values.length + i] = madeValue(row)
  return { name, kind, values } as Column
}
