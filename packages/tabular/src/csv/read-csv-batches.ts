import { assertBatchRows, type BatchOptions } from '../table/batch-options.ts'
import { didYouMean } from '../table/nearest-names.ts'
import { Table } from '../table/table.ts'
import { TableError } from '../table/table-error.ts'
import { ColumnReader, type CsvColumnKind } from './column-reader.ts'
import { visitCsv } from './csv-records.ts'
import { KindFinder } from './infer-column.ts'
import { withoutMarks } from './missing-marks.ts'
import type { ReadCsvOptions } from './read-csv.ts'

const defaultBatchRows = 50_000
// A batch ends early at so much text: long texts must not fill memory.
const mostCharacters = 2 ** 25

/**
 * Reads a CSV file (a path, or its bytes) batch by batch, for tables larger than memory: 50,000 rows a batch by default,
 * fewer where texts are long. The kinds are those of `readCsv`: unless `schema` names every column that is read, the file
 * is read twice, first to find them, so it must not change in between. Together the batches are the table that `readCsv`
 * gives; a file without rows has none. Throws as `readCsv` does; rows are counted from the start of the file.
 *
 * @example
 * for await (const batch of readCsvBatches('rows.csv', { columns: ['id', 'age'] })) count += batch.rowCount
 */
export async function* readCsvBatches(
  source: string | Uint8Array,
  options: ReadCsvOptions & BatchOptions = {},
): AsyncGenerator<Table, void, undefined> {
  const batchRows = assertBatchRows(options.batchRows ?? defaultBatchRows)
  const kinds = await kindsOf(source, options)
  const gatherer = new BatchGatherer({ kinds, batchRows, unmarked: withoutMarks(options.missing) })
  for await (const _ of visitCsv(source, gatherer)) yield* gatherer.take()
  gatherer.endBatch()
  yield* gatherer.take()
}

/** The kind of each column that is read, in the order in which it is. */
async function kindsOf(
  source: string | Uint8Array,
  { schema = {}, columns, missing }: ReadCsvOptions & BatchOptions,
): Promise<ReadonlyMap<string, CsvColumnKind>> {
  const unmarked = withoutMarks(missing)
  const named = new Map(Object.entries(schema))
  const finders: { name: string; at: number; finder: KindFinder }[] = []
  let wanted: readonly string[] = []
  const visits = visitCsv(source, {
    header: (names) => {
      wanted = columns ?? names
      for (const name of [...wanted, ...named.keys()]) assertColumn(name, names)
      for (const name of wanted) {
        if (!named.has(name)) finders.push({ name, at: names.indexOf(name), finder: new KindFinder() })
      }
    },
    row: (cells) => {
      for (const { at, finder } of finders) finder.see(unmarked(cells[at]!))
    },
  })
  for await (const _ of visits) if (wanted.length > 0 && finders.length === 0) break
  const found = new Map(finders.map(({ name, finder }) => [name, finder.kind()]))
  return new Map(wanted.map((name) => [name, named.get(name) ?? found.get(name)!]))
}

function assertColumn(name: string, names: readonly string[]): void {
  if (names.includes(name)) return
  const message = `The CSV file has no column "${name}". ${didYouMean(name, names)}`
  throw new TableError('column_unknown', message, { column: name })
}

/** Gathers rows into tables of at most so many, in the order of the file. */
class BatchGatherer {
  readonly #kinds: ReadonlyMap<string, CsvColumnKind>
  readonly #batchRows: number
  readonly #unmarked: (cell: string) => string
  #batches: Table[] = []
  #readers: { at: number; reader: ColumnReader }[] = []
  #names: readonly string[] = []
  #before = 0
  #rows = 0
  #characters = 0

  constructor(parts: {
    kinds: ReadonlyMap<string, CsvColumnKind>
    batchRows: number
    unmarked: (cell: string) => string
  }) {
    this.#kinds = parts.kinds
    this.#batchRows = parts.batchRows
    this.#unmarked = parts.unmarked
  }

  header(names: readonly string[]): void {
    this.#names = names
    this.#startBatch()
  }

  row(cells: readonly string[]): void {
    for (const { at, reader } of this.#readers) {
      const cell = this.#unmarked(cells[at]!)
      this.#characters += cell.length
      reader.add(cell)
    }
    if (++this.#rows === this.#batchRows || this.#characters >= mostCharacters) this.endBatch()
  }

  endBatch(): void {
    if (this.#rows === 0) return
    this.#batches.push(new Table(this.#readers.map(({ reader }) => reader.column())))
    this.#before += this.#rows
    this.#startBatch()
  }

  take(): Table[] {
    const batches = this.#batches
    this.#batches = []
    return batches
  }

  #startBatch(): void {
    this.#rows = 0
    this.#characters = 0
    this.#readers = [...this.#kinds].map(([name, kind]) => ({
      at: this.#names.indexOf(name),
      reader: new ColumnReader(kind, { name, firstRow: this.#before }),
    }))
  }
}
