import { type Cell, type Column, cellOf, sliceRows, takeRows } from './column.ts'
import { didYouMean } from './nearest-names.ts'
import { TableError } from './table-error.ts'

/**
 * Named columns of one length, held column by column. A table is never changed: every method answers with a new one
 * that shares what it can. Names are unique and not empty; any other text is a good name, `__proto__` too.
 *
 * @example
 * const table = new Table([float64Column('age', [41, 52]), stringColumn('site', ['left', null])])
 * table.select(['age']).rowCount // 2
 */
export class Table {
  readonly columns: readonly Column[]
  readonly rowCount: number
  #byName: ReadonlyMap<string, Column> | null = null
  #rows: RowMajor | null = null

  /** Throws `TableError` for a name that is empty or used twice, or columns of different lengths. */
  constructor(columns: readonly Column[])
  constructor(columns: readonly Column[], rows?: RowMajor) {
    if (rows) {
      this.columns = columns
      this.rowCount = rows.rowCount
      this.#rows = rows
      return
    }
    const byName = new Map<string, Column>()
    const rowCount = columns[0]?.values.length ?? 0
    for (const column of columns) {
      checkColumn(column, { rowCount, taken: byName.has(column.name) })
      byName.set(column.name, column)
    }
    this.columns = [...columns]
    this.rowCount = rowCount
    this.#byName = byName
  }

  /**
   * A table of 32-bit floats over values that lie row by row, `names.length` for each row. The values are neither copied
   * nor checked, and a column is taken out of them when somebody asks for it: for a service, which makes many small tables.
   * Throws `TableError` as `new Table` does for names, and `column_length` where the values are no whole rows.
   */
  static ofRows(values: Float32Array, names: readonly string[]): Table {
    demandDistinct(names)
    const rowCount = names.length === 0 ? 0 : values.length / names.length
    if (!Number.isInteger(rowCount)) {
      const message = `${values.length} values are no whole rows of ${names.length}. Pass whole rows.`
      throw new TableError('column_length', message)
    }
    const rows = { values, names, rowCount }
    const columns = names.map((name, at): Column => new RowMajorColumn(name, at, rows))
    // The second way to construct one is not for others: what it is given is not checked.
    return new (Table as unknown as new (columns: readonly Column[], rows: RowMajor) => Table)(columns, rows)
  }

  /** The values row by row, where the table was made by `ofRows` with these very names; null for any other. */
  rowMajor(names: readonly string[]): Float32Array | null {
    const rows = this.#rows
    if (rows === null) return null
    return rows.names === names || isSame(rows.names, names) ? rows.values : null
  }

  #columnsByName(): ReadonlyMap<string, Column> {
    this.#byName ??= new Map(this.columns.map((column) => [column.name, column]))
    return this.#byName
  }

  /** The names of the columns, in their order. */
  get columnNames(): string[] {
    return this.columns.map((column) => column.name)
  }

  /** Whether there is a column of that name. */
  has(name: string): boolean {
    return this.#columnsByName().has(name)
  }

  /** The column of that name. Throws `TableError` `column_unknown`, which names the nearest columns. */
  column(name: string): Column {
    const column = this.#columnsByName().get(name)
    if (column) return column
    const hint = didYouMean(name, this.columnNames)
    throw new TableError('column_unknown', `There is no column "${name}". ${hint}`, { column: name })
  }

  /** Only these columns, in this order. Throws `TableError` `column_unknown`. */
  select(names: readonly string[]): Table {
    return new Table(names.map((name) => this.column(name)))
  }

  /** All columns but these. Throws `TableError` `column_unknown`, so that a misspelt name is not dropped in silence. */
  drop(names: readonly string[]): Table {
    const dropped = new Set(names.map((name) => this.column(name)))
    return new Table(this.columns.filter((column) => !dropped.has(column)))
  }

  /** Only these rows, counted from 0, in this order; a row may come twice. Throws `TableError` `row_unknown`. */
  take(rows: ArrayLike<number>): Table {
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!
      if (Number.isInteger(row) && row >= 0 && row < this.rowCount) continue
      throw new TableError('row_unknown', `There is no row at index ${row}: the table has ${this.rowCount} rows.`)
    }
    return new Table(this.columns.map((column) => takeRows(column, rows)))
  }

  /** The rows from `from` (counted from 0) up to and without `to`, as far as there are any. Numbers are not copied. */
  slice(from: number, to: number): Table {
    const start = Math.max(0, Math.min(from, this.rowCount))
    const end = Math.max(start, Math.min(to, this.rowCount))
    return new Table(this.columns.map((column) => sliceRows(column, start, end)))
  }

  /** The table with this column added at the end, or put in the place of the one of its name. */
  withColumn(column: Column): Table {
    if (!this.has(column.name)) return new Table([...this.columns, column])
    return new Table(this.columns.map((other) => (other.name === column.name ? column : other)))
  }

  /** Every row as an object, missing values as `null`. For small tables: it costs far more memory than the table. */
  toRows(): Record<string, Cell>[] {
    return Array.from({ length: this.rowCount }, (_, row) =>
      // fromEntries defines its properties, so a column called __proto__ stays an ordinary one.
      Object.fromEntries(this.columns.map((column) => [column.name, cellOf(column, row)])),
    )
  }
}

type RowMajor = { readonly values: Float32Array; readonly names: readonly string[]; readonly rowCount: number }

/** A column that is taken out of rows when it is first read. */
class RowMajorColumn {
  readonly name: string
  readonly kind = 'float32'
  readonly #at: number
  #rows: RowMajor | null
  #values: Float32Array | null = null

  constructor(name: string, at: number, rows: RowMajor) {
    this.name = name
    this.#at = at
    this.#rows = rows
  }

  get values(): Float32Array {
    if (this.#values === null) {
      const { values, names, rowCount } = this.#rows!
      this.#values = new Float32Array(rowCount)
      for (let row = 0; row < rowCount; row++) this.#values[row] = values[row * names.length + this.#at]!
      this.#rows = null
    }
    return this.#values
  }
}

/** Names that were found good; a service asks with the same ones for each table. */
const distinct = new WeakSet<readonly string[]>()

function demandDistinct(names: readonly string[]): void {
  if (distinct.has(names)) return
  const taken = new Set<string>()
  for (const name of names) {
    checkColumn({ name, kind: 'boolean', values: [] }, { rowCount: 0, taken: taken.has(name) })
    taken.add(name)
  }
  if (Object.isFrozen(names)) distinct.add(names)
}

const isSame = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((name, at) => name === other[at])

function checkColumn(column: Column, expected: { rowCount: number; taken: boolean }): void {
  const { name, values } = column
  if (name === '') throw new TableError('column_name', 'A column has an empty name. Give every column a name.')
  if (expected.taken) {
    throw new TableError('column_duplicate', `Two columns are called "${name}". Rename one of them.`, { column: name })
  }
  if (values.length === expected.rowCount) return
  const message = `Column "${name}" has ${values.length} rows, the first column ${expected.rowCount}. All must be of one length.`
  throw new TableError('column_length', message, { column: name })
}
