import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { type Cell, type Column, cellOf, isNumberColumn } from '../table/column.ts'
import type { Table } from '../table/table.ts'
import { DistinctValues } from './distinct-values.ts'
import { findingsOf } from './findings.ts'
import { NumberSummary } from './number-summary.ts'
import { NumbersInText } from './numbers-in-text.ts'
import { correlationsOf, histogramOf, quantilesOf } from './sampled-numbers.ts'
import type { ColumnProfile, TableProfile } from './table-profile.ts'

/** Up to how many rows quantiles, histograms and correlations are worked out from. */
const MOST_SAMPLED = 20_000
/** With more labels than this the target is a number to predict, not a class. */
const MOST_LABELS = 1_000

interface Gathering {
  readonly name: string
  readonly kind: Column['kind']
  missing: number
  readonly distinct: DistinctValues
  readonly numbers: NumberSummary
  readonly texts: NumbersInText
  readonly sample: Float64Array
}

/** Gathers the profile of a table whose rows come stretch by stretch. */
export class ProfileBuilder {
  readonly #rowCount: number
  readonly #target: string | null
  readonly #sampledRows: Int32Array
  readonly #labelNumbers = new Map<unknown, number>()
  #columns: Gathering[] | undefined
  #sampled = 0

  /** `rowCount` is how many rows will come in all. */
  constructor({ rowCount, target }: { rowCount: number; target: string | null }) {
    this.#rowCount = rowCount
    this.#target = target
    this.#sampledRows = sampleOf(rowCount)
  }

  /** Adds the next rows; `firstRow` is the number of the first of them. */
  add(rows: Table, firstRow: number): void {
    this.#columns ??= rows.columns.map(({ name, kind }) => ({
      name,
      kind,
      missing: 0,
      distinct: new DistinctValues(),
      numbers: new NumberSummary(),
      texts: new NumbersInText(),
      sample: new Float64Array(kind === 'string' || kind === 'boolean' ? 0 : this.#sampledRows.length),
    }))
    const labels = this.#target === null ? undefined : this.#labelsOf(rows.column(this.#target))
    const from = this.#sampled
    while (this.#sampled < this.#sampledRows.length && this.#sampledRows[this.#sampled]! < firstRow + rows.rowCount) {
      this.#sampled++
    }
    const chosen = this.#sampledRows.subarray(from, this.#sampled)
    for (const [i, column] of rows.columns.entries()) {
      const gathering = this.#columns[i]!
      gathering.distinct.add(column, labels)
      if (isNumberColumn(column)) {
        const before = gathering.numbers.count
        gathering.numbers.add(column.values, labels)
        gathering.missing += rows.rowCount - (gathering.numbers.count - before)
        const { sample } = gathering
        const { values } = column
        for (let k = 0; k < chosen.length; k++) sample[from + k] = values[chosen[k]! - firstRow]!
      } else {
        for (const value of column.values) if (value === null) gathering.missing++
        if (column.kind === 'string') gathering.texts.add(column.values)
      }
    }
  }

  finish(): TableProfile {
    const gathered = (this.#columns ?? []).map((column) => ({ ...column, profile: profileOf(column) }))
    return {
      rowCount: this.#rowCount,
      sampledRows: this.#sampledRows.length,
      target: this.#target,
      columns: gathered.map(({ profile }) => profile),
      correlations: correlationsOf(
        gathered.flatMap(({ name, sample, profile }) => (profile.numbers ? [{ name, values: sample }] : [])),
      ),
      findings: findingsOf(gathered, {
        rowCount: this.#rowCount,
        target: this.#target,
        labelCount: this.#labelNumbers.size > MOST_LABELS ? 0 : this.#labelNumbers.size,
      }),
    }
  }

  #labelsOf(column: Column): Int32Array {
    const numbers = new Int32Array(column.values.length)
    for (let row = 0; row < numbers.length; row++) numbers[row] = this.#numberOf(cellOf(column, row))
    return numbers
  }

  #numberOf(label: Cell): number {
    if (label === null) return -1
    const known = this.#labelNumbers.get(label)
    if (known !== undefined) return known
    if (this.#labelNumbers.size > MOST_LABELS) return -1
    this.#labelNumbers.set(label, this.#labelNumbers.size)
    return this.#labelNumbers.size - 1
  }
}

/** One row, drawn at random, of each of so many stretches of one length; all rows where there are no more than that. */
function sampleOf(rowCount: number): Int32Array {
  if (rowCount <= MOST_SAMPLED) return Int32Array.from({ length: rowCount }, (_, row) => row)
  const random = xoroshiro128plus(1)
  return Int32Array.from({ length: MOST_SAMPLED }, (_, i) => {
    const first = Math.floor((i * rowCount) / MOST_SAMPLED)
    return uniformInt(random, first, Math.floor(((i + 1) * rowCount) / MOST_SAMPLED) - 1)
  })
}

function profileOf({ name, kind, missing, distinct, numbers, sample }: Gathering): ColumnProfile {
  // NaN comes last.
  const sorted = sample.slice().sort()
  let end = sorted.length
  while (end > 0 && Number.isNaN(sorted[end - 1])) end--
  const present = sorted.subarray(0, end)
  const { min, max, mean, standardDeviation } = numbers
  return {
    name,
    kind,
    missing,
    distinct: distinct.count,
    categories: distinct.byFrequency.slice(0, 20),
    numbers:
      present.length === 0
        ? null
        : { min, max, mean, standardDeviation, quantiles: quantilesOf(present), histogram: histogramOf(present) },
  }
}
