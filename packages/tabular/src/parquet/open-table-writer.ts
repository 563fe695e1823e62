import type { Writable } from 'node:stream'
import type { Table } from '../table/table.ts'
import { TableError } from '../table/table-error.ts'
import { type ByteSink, sinkOf } from './byte-sink.ts'
import type { TableCodec } from './page-codec.ts'
import { ParquetEncoder } from './parquet-encoder.ts'
import { checkStoredColumns, fittingColumns, type StoredColumn } from './stored-column.ts'

/** How a table writer lays out its file. */
export interface TableWriterOptions {
  /** Rows of a row group, which is what the writer holds and a reader reads at a time. 100,000 by default. */
  readonly rowGroupRows?: number
  /** How the pages are compressed: `uncompressed` by default; `zstd` is the fastest of the others. */
  readonly codec?: TableCodec
  /**
   * Part of the name of the draft, `PATH.MARK.tmp`. A random one by default; with one of your own (a run's id) a retry
   * writes over the draft that a killed process left. Two writers at once must not share path and mark.
   */
  readonly draftMark?: string
}

/** A Parquet file that is being written. */
export interface TableWriter extends AsyncDisposable {
  /**
   * Appends the rows of a table, which must have the columns of the schema, in any order. Resolves when they are held or
   * written: await it, and a slow disk slows the caller instead of filling memory. A batch that does not fit is refused
   * as a whole, and the writer goes on. After any other fault there will be no file, and every later call throws it.
   *
   * Throws `TableError`: `column_unknown`, `column_kind`, `value_missing`, `value_invalid`, `file_unwritable`.
   */
  write(batch: Table): Promise<void>
  /** Writes the footer and makes the file. Answers with its rows. Throws `TableError` `file_unwritable`. */
  close(): Promise<{ readonly rowCount: number }>
  /** Gives up: no file, and a file that was there before stays. Without effect after `close`. */
  abort(): Promise<void>
}

const defaultRowGroupRows = 100_000
const rowGroupBytes = 128 * 2 ** 20

/**
 * Opens a Parquet file for tables larger than memory, at a path or in a stream. It holds one row group, and a row group
 * ends early at 128 MiB, so memory does not grow with the rows.
 *
 * A file at a path is whole or not there: rows go to a draft beside it, which is flushed and renamed by `close`. Whoever
 * reads the path sees the former file or the new one, also when the process is killed; what is left then is the draft,
 * which has no footer and is no Parquet file. A writer that leaves an `await using` block without `close` aborts.
 *
 * Missing values, and `NaN`, become nulls. Text of up to 10,000 different values a row group is written as a
 * dictionary, so a column that repeats a name costs almost nothing. The same batches give the same bytes.
 * `readParquet`, `readParquetBatches`, pandas and DuckDB read it. Throws `TableError`: `parquet_unsupported`,
 * `column_name`, `column_duplicate`, `setting_invalid`, `file_unwritable`.
 *
 * @example
 * await using writer = await openTableWriter('scores.parquet', [
 *   { name: 'row', kind: 'int64', nullable: false },
 *   { name: 'label', kind: 'string' },
 * ])
 * for await (const batch of readTableBatches('rows.parquet')) await writer.write(await score(batch))
 * await writer.close()
 */
export async function openTableWriter(
  target: string | Writable,
  schema: readonly StoredColumn[],
  options: TableWriterOptions = {},
): Promise<TableWriter> {
  const { rowGroupRows = defaultRowGroupRows, codec = 'uncompressed', draftMark } = options
  checkStoredColumns(schema)
  if (!(Number.isInteger(rowGroupRows) && rowGroupRows >= 1 && rowGroupRows <= 10_000_000)) {
    const message = `A row group of ${rowGroupRows} rows cannot be written. Give rowGroupRows a whole number from 1 to 10,000,000.`
    throw new TableError('setting_invalid', message)
  }
  const sink = await sinkOf(target, draftMark)
  const encoder = new ParquetEncoder(sink, schema, { rowGroupRows, rowGroupBytes, codec, dictionaries: true })
  return new OrderedWriter(sink, encoder, schema)
}

/** The schema of files that hold such tables: every column nullable, with the kinds of this table. */
export function schemaOf(table: Table): StoredColumn[] {
  return table.columns.map(({ name, kind }) => ({ name, kind }))
}

class OrderedWriter implements TableWriter {
  readonly #sink: ByteSink
  readonly #encoder: ParquetEncoder
  readonly #schema: readonly StoredColumn[]
  #last: Promise<unknown> = Promise.resolve()
  #rowCount = 0
  #ended: { readonly fault: unknown } | undefined

  constructor(sink: ByteSink, encoder: ParquetEncoder, schema: readonly StoredColumn[]) {
    this.#sink = sink
    this.#encoder = encoder
    this.#schema = schema
  }

  async write(batch: Table): Promise<void> {
    const columns = fittingColumns(batch, this.#schema)
    await this.#inTurn(async () => {
      await this.#encoder.append(columns, batch.rowCount)
      this.#rowCount += batch.rowCount
    })
  }

  async close(): Promise<{ readonly rowCount: number }> {
    await this.#inTurn(async () => {
      await this.#encoder.end()
      await this.#sink.finish()
      this.#ended = { fault: endedError('was closed') }
    })
    return { rowCount: this.#rowCount }
  }

  async abort(): Promise<void> {
    if (this.#ended) return
    this.#ended = { fault: endedError('was given up') }
    await this.#last
    await this.#sink.discard()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.abort()
  }

  /** One act after the other, also when the caller does not wait: the bytes of two row groups must not mix. */
  #inTurn(act: () => Promise<void>): Promise<void> {
    const done = this.#last.then(async () => {
      if (this.#ended) throw this.#ended.fault
      try {
        await act()
      } catch (fault) {
        this.#ended = { fault }
        await this.#sink.discard()
        throw fault
      }
    })
    this.#last = done.catch(() => undefined)
    return done
  }
}

function endedError(how: string): TableError {
  return new TableError('writer_ended', `The table writer ${how} and takes no more rows. Open another one.`)
}
