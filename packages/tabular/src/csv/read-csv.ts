import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Table } from '../table/table.ts'
import { TableError } from '../table/table-error.ts'
import { type CsvColumnKind, columnAs, inferredColumn } from './infer-column.ts'

/** How to read a CSV file. */
export interface ReadCsvOptions {
  /** What the named columns must hold. Columns it does not name are inferred; one it names and the file lacks is an error. */
  readonly schema?: Readonly<Record<string, CsvColumnKind>>
}

// A quote that is never closed would otherwise swallow the rest of the file.
const maxRecordLength = 1_000_000

/**
 * Reads a CSV file (a path, streamed, or its bytes) with one header line: comma, double quotes, UTF-8, with or without
 * a byte order mark. Empty lines are skipped; an empty cell is a missing value; `NaN` is one in a number column.
 * Without a schema a column becomes `int64`, `float64`, `boolean` or `string`, the first that holds every cell
 * unchanged (`007` stays text). A header without rows gives a table of no rows.
 *
 * Throws `TableError`: `file_unreadable`, `csv_empty`, `csv_malformed`, `csv_ragged`, `column_name`,
 * `column_duplicate`, `column_unknown`, and `value_invalid` with row and column of the cell.
 */
export async function readCsv(source: string | Uint8Array, options: ReadCsvOptions = {}): Promise<Table> {
  const schema = new Map(Object.entries(options.schema ?? {}))
  const { header, cells } = await readCells(source)
  const table = new Table(
    header.map((name, i) => {
      const kind = schema.get(name)
      return kind ? columnAs(kind, name, cells[i]!) : inferredColumn(name, cells[i]!)
    }),
  )
  for (const name of schema.keys()) table.column(name)
  return table
}

async function readCells(source: string | Uint8Array): Promise<{ header: string[]; cells: string[][] }> {
  const { parse } = await import('csv-parse')
  const parser = parse({
    bom: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: maxRecordLength,
  })
  const input = typeof source === 'string' ? createReadStream(source) : Readable.from([source])
  let header: string[] | undefined
  let cells: string[][] = []
  try {
    await pipeline(input, decodeUtf8, parser, async (records: AsyncIterable<string[]>) => {
      let row = 0
      for await (const record of records) {
        if (header) appendRow(record, { header, cells, row: ++row })
        else {
          header = checkedHeader(record)
          cells = header.map(() => [])
        }
      }
    })
  } catch (error) {
    throw readable(error, source)
  }
  if (header) return { header, cells }
  throw new TableError('csv_empty', 'The CSV file is empty. It must start with a line of column names.')
}

async function* decodeUtf8(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  for await (const chunk of chunks) yield decoder.decode(chunk, { stream: true })
  yield decoder.decode()
}

function checkedHeader(record: string[]): string[] {
  const header = record.map((name) => name.trim())
  const empty = header.indexOf('')
  if (empty >= 0) throw new TableError('column_name', `Column ${empty + 1} of the CSV header has no name. Name it.`)
  const duplicate = header.find((name, i) => header.indexOf(name) !== i)
  if (duplicate === undefined) return header
  const message = `The CSV header names "${duplicate}" twice. Rename or remove one of the two columns.`
  throw new TableError('column_duplicate', message, { column: duplicate })
}

function appendRow(record: string[], to: { header: string[]; cells: string[][]; row: number }): void {
  if (record.length !== to.header.length) {
    const message =
      `Row ${to.row} of the CSV file has ${record.length} cells, the header ${to.header.length}. ` +
      'Quote cells that hold a comma, and give every row the same number of cells.'
    throw new TableError('csv_ragged', message, { row: to.row })
  }
  for (let i = 0; i < record.length; i++) to.cells[i]!.push(record[i]!)
}

function readable(error: unknown, source: string | Uint8Array): TableError {
  if (error instanceof TableError) return error
  const cause = error as { code?: string; message?: string }
  if (cause.code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
    return new TableError('csv_malformed', 'The CSV file is not UTF-8 text. Save it as UTF-8.', { cause: error })
  }
  if (cause.code?.startsWith('CSV_')) {
    const message = `The CSV file cannot be read: ${cause.message}. Look for a quote that is not closed.`
    return new TableError('csv_malformed', message, { cause: error })
  }
  const message = `The file ${String(source)} cannot be read: ${cause.message}. Check the path and its rights.`
  return new TableError('file_unreadable', message, { cause: error })
}
