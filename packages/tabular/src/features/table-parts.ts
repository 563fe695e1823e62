import { createHash, type Hash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { visitCsv } from '../csv/csv-records.ts'
import { openParquetBuffer, readFooter } from '../parquet/parquet-file.ts'
import { TableError } from '../table/table-error.ts'
import { unreadableFile } from '../table/unreadable-file.ts'
import { CsvRowCounter } from './csv-row-counter.ts'

/** A range of whole rows of a file, which can be read without what comes before it. */
export interface TablePart {
  /** The number of its first row, counted from 1, the header not counted. */
  readonly firstRow: number
  readonly rows: number
  /** Of a Parquet file the row groups from `from` up to and without `to`, of a CSV file the bytes. */
  readonly from: number
  readonly to: number
}

/** A file of rows, and how it divides. */
export interface DividedTable {
  readonly format: 'parquet' | 'csv'
  /** SHA-256 of the file, in hex. */
  readonly digest: string
  readonly sizeBytes: number
  readonly rows: number
  readonly columns: readonly string[]
  /** One after the other they are the file; none of a file without rows. */
  readonly parts: readonly TablePart[]
}

const chunkBytes = 2 ** 22

/**
 * Reads a `.parquet` or `.csv` file once to hash it and to divide it into parts of about `partRows` rows: exactly so many
 * of a CSV file, whole row groups of a Parquet file. The same file and `partRows` give the same parts.
 * Throws `TableError`: `file_unreadable`, and for what is wrong with a footer or header what the readers throw.
 */
export async function divideTable(path: string, { partRows }: { partRows: number }): Promise<DividedTable> {
  if (path.endsWith('.parquet')) return await divideParquet(path, partRows)
  if (path.endsWith('.csv')) return await divideCsv(path, partRows)
  const message = `The file ${path} is neither .csv nor .parquet. Convert it to one of the two, or name it so.`
  throw new TableError('file_unreadable', message)
}

async function divideParquet(path: string, partRows: number): Promise<DividedTable> {
  const { columns, groups } = await footerOf(path)
  const parts: TablePart[] = []
  let firstRow = 1
  let from = 0
  let rows = 0
  for (const [index, groupRows] of groups.entries()) {
    rows += groupRows
    if (rows === 0 || (rows < partRows && index < groups.length - 1)) continue
    parts.push({ firstRow, rows, from, to: index + 1 })
    firstRow += rows
    from = index + 1
    rows = 0
  }
  const { digest, sizeBytes } = await readThrough(path, () => undefined)
  return { format: 'parquet', digest, sizeBytes, rows: firstRow - 1, columns, parts }
}

async function footerOf(path: string): Promise<{ columns: string[]; groups: number[] }> {
  const { file, close } = await openParquetBuffer(path)
  try {
    // No column is planned: columns of kinds that tables do not hold may stand beside the features.
    const { metadata } = await readFooter(file, { columns: [], maxCells: Number.MAX_SAFE_INTEGER })
    const { schema, row_groups: groups } = metadata
    return { columns: topLevelNames(schema), groups: groups.map(({ num_rows: rows }) => Number(rows)) }
  } finally {
    await close()
  }
}

function topLevelNames(schema: readonly { name: string; num_children?: number }[]): string[] {
  const names: string[] = []
  for (let at = 1, open = 0; at < schema.length; at++) {
    if (open === 0) names.push(schema[at]!.name)
    open = Math.max(0, open - 1) + (schema[at]!.num_children ?? 0)
  }
  return names
}

async function divideCsv(path: string, partRows: number): Promise<DividedTable> {
  const parts: TablePart[] = []
  let headerEnds = -1
  let from = 0
  let rows = 0
  let firstRow = 1
  const endPart = (to: number) => {
    if (rows > 0) parts.push({ firstRow, rows, from, to })
    firstRow += rows
    from = to
    rows = 0
  }
  const counter = new CsvRowCounter((endsAt) => {
    if (headerEnds < 0) {
      headerEnds = endsAt
      from = endsAt
    } else if (++rows === partRows) endPart(endsAt)
  })
  const { digest, sizeBytes } = await readThrough(path, (chunk) => counter.push(chunk))
  counter.end()
  endPart(sizeBytes)
  const columns = await headerOf(path, headerEnds)
  return { format: 'csv', digest, sizeBytes, rows: firstRow - 1, columns, parts }
}

/** The names in a header, checked. A file without one is refused as `visitCsv` refuses it. */
async function headerOf(path: string, endsAt: number): Promise<readonly string[]> {
  const file = await open(path)
  try {
    const bytes = new Uint8Array(Math.max(0, Math.min(endsAt, 2 ** 20)))
    await file.read(bytes, 0, bytes.length, 0)
    let names: readonly string[] = []
    for await (const _ of visitCsv(bytes, { header: (header) => (names = [...header]), row: () => undefined }));
    return names
  } finally {
    await file.close()
  }
}

/** Reads a file once, hashes it, and shows each chunk; while one is looked at, the next is read. */
async function readThrough(path: string, see: (chunk: Buffer) => void): Promise<{ digest: string; sizeBytes: number }> {
  const hash: Hash = createHash('sha256')
  let sizeBytes = 0
  try {
    const file = await open(path)
    try {
      let [current, next] = [Buffer.allocUnsafeSlow(chunkBytes), Buffer.allocUnsafeSlow(chunkBytes)]
      let { bytesRead } = await file.read(current, 0, chunkBytes, 0)
      while (bytesRead > 0) {
        const chunk = current.subarray(0, bytesRead)
        sizeBytes += bytesRead
        const reading = file.read(next, 0, chunkBytes, sizeBytes)
        hash.update(chunk)
        see(chunk)
        bytesRead = (await reading).bytesRead
        ;[current, next] = [next, current]
      }
    } finally {
      await file.close()
    }
  } catch (cause) {
    if (cause instanceof TableError) throw cause
    throw unreadableFile(path, cause as NodeJS.ErrnoException)
  }
  return { digest: hash.digest('hex'), sizeBytes }
}
