import { createReadStream } from 'node:fs'
import { TableError } from '../table/table-error.ts'
import { unreadableFile } from '../table/unreadable-file.ts'
import { CsvSplitter } from './csv-splitter.ts'

/** Some rows of a CSV file: `cells` holds those of one row after the other. The header is not among them. */
export interface CsvVisitor {
  /** Called once, before any row. */
  header(names: readonly string[]): void
  /** Called for each row, counted from 1. The array is used again for the next. */
  row(cells: readonly string[], row: number): void
}

/**
 * Streams a CSV file (a path, or its bytes) to a visitor, and yields after each chunk, so that what the visitor has
 * gathered can be handed on. Throws `TableError`: `file_unreadable`, `csv_empty`, `csv_malformed`, `csv_ragged`,
 * `column_name`, `column_duplicate`, and what the visitor throws.
 */
export async function* visitCsv(source: string | Uint8Array, visitor: CsvVisitor): AsyncGenerator<void> {
  let header: string[] | undefined
  let rows = 0
  const splitter = new CsvSplitter((cells) => {
    if (header) {
      assertWidth(cells, { header, row: ++rows })
      visitor.row(cells, rows)
    } else {
      header = checkedHeader(cells)
      visitor.header(header)
    }
  })
  for await (const text of textOf(source)) {
    splitter.push(text)
    yield
  }
  splitter.end()
  if (!header) {
    throw new TableError('csv_empty', 'The CSV file is empty. It must start with a line of column names.')
  }
  yield
}

async function* textOf(source: string | Uint8Array): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const chunks = typeof source === 'string' ? createReadStream(source, { highWaterMark: 2 ** 18 }) : [source]
  try {
    for await (const chunk of chunks) yield decoder.decode(chunk as Uint8Array, { stream: true })
    yield decoder.decode()
  } catch (cause) {
    throw unreadable(cause as NodeJS.ErrnoException, source)
  }
}

function unreadable(cause: NodeJS.ErrnoException, source: string | Uint8Array): TableError {
  if (cause.code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
    return new TableError('csv_malformed', 'The CSV file is not UTF-8 text. Save it as UTF-8.', { cause })
  }
  return unreadableFile(String(source), cause)
}

function checkedHeader(record: readonly string[]): string[] {
  const header = record.map((name) => name.trim())
  const separator = header.length === 1 ? /[;\t|]/.exec(header[0]!)?.[0] : undefined
  if (separator !== undefined) {
    const message = `The CSV header is one column, ${JSON.stringify(header[0])}. It seems that ${JSON.stringify(separator)} stands between the columns: save the file with commas.`
    throw new TableError('csv_malformed', message)
  }
  const empty = header.indexOf('')
  if (empty >= 0) throw new TableError('column_name', `Column ${empty + 1} of the CSV header has no name. Name it.`)
  const duplicate = header.find((name, i) => header.indexOf(name) !== i)
  if (duplicate === undefined) return header
  const message = `The CSV header names "${duplicate}" twice. Rename or remove one of the two columns.`
  throw new TableError('column_duplicate', message, { column: duplicate })
}

function assertWidth(cells: readonly string[], { header, row }: { header: readonly string[]; row: number }): void {
  if (cells.length === header.length) return
  const message =
    `Row ${row} of the CSV file has ${cells.length} cells, the header ${header.length}. ` +
    'Quote cells that hold a comma, and give every row the same number of cells.'
  throw new TableError('csv_ragged', message, { row })
}
