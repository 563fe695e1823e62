import { open } from 'node:fs/promises'
import type { AsyncBuffer, FileMetaData, SchemaElement } from 'hyparquet'
import type { ColumnKind } from '../table/column.ts'
import { didYouMean } from '../table/nearest-names.ts'
import { TableError } from '../table/table-error.ts'
import { unreadableFile } from '../table/unreadable-file.ts'
import { kindOfElement } from './parquet-kinds.ts'
import { malformedParquet } from './parquet-malformed.ts'

/** What to read from a Parquet file, and how much of it to accept. */
export interface ReadParquetOptions {
  /** Only these columns, in this order; all by default. Columns of kinds that tables do not hold can be left out so. */
  readonly columns?: readonly string[]
  /** The most cells (rows times columns) to accept; 100 million by default. A small file can claim very many. */
  readonly maxCells?: number
  /**
   * Accept only what `writeParquet` writes: plain, uncompressed pages. For files that come from elsewhere: in others a
   * few bytes can claim gigabytes. False by default.
   */
  readonly plainOnly?: boolean
}

/** A column that will be read. */
export interface ColumnPlan {
  readonly name: string
  readonly kind: ColumnKind
  readonly element: SchemaElement
}

/** A Parquet file whose footer was checked, and whose rows are not read yet. */
export interface ParquetFile {
  readonly file: AsyncBuffer
  readonly metadata: FileMetaData
  readonly plan: readonly ColumnPlan[]
  readonly plainOnly: boolean
}

/** Opens a file or bytes for as long as `work` takes. Throws `TableError` `file_unreadable`. */
export async function withParquetBuffer<T>(
  source: string | Uint8Array,
  work: (file: AsyncBuffer) => Promise<T>,
): Promise<T> {
  const { file, close } = await openParquetBuffer(source)
  try {
    return await work(file)
  } finally {
    await close()
  }
}

/** Opens a file or bytes, until `close`. Throws `TableError` `file_unreadable`. */
export async function openParquetBuffer(
  source: string | Uint8Array,
): Promise<{ file: AsyncBuffer; close(): Promise<void> }> {
  if (typeof source !== 'string') return { file: bufferOf(source), close: async () => undefined }
  let file: Awaited<ReturnType<typeof open>>
  try {
    file = await open(source)
  } catch (cause) {
    throw unreadableFile(source, cause as NodeJS.ErrnoException)
  }
  const { size } = await file.stat()
  const slice = async (start: number, end = size): Promise<ArrayBuffer> => {
    const bytes = new Uint8Array(Math.max(0, Math.min(end, size) - start))
    await file.read(bytes, 0, bytes.length, start)
    return bytes.buffer
  }
  return { file: { byteLength: size, slice }, close: () => file.close() }
}

/** The rows of the largest row group: what `maxCells` is held against where one is read at a time. */
export function mostGroupRows({ row_groups: groups }: FileMetaData): bigint {
  return BigInt(groups.reduce((most, { num_rows: rows }) => Math.max(most, Number(rows)), 0))
}

/** Reads and checks the footer. `maxRows` is what `maxCells` is held against. */
export async function readFooter(
  file: AsyncBuffer,
  options: ReadParquetOptions,
  maxRows: (metadata: FileMetaData) => bigint = (metadata) => metadata.num_rows,
): Promise<ParquetFile> {
  const { parquetMetadataAsync } = await import('hyparquet')
  return await orMalformed(async () => {
    const metadata = await parquetMetadataAsync(file, { geoparquet: false })
    const plan = planColumns(metadata, { ...options, rows: maxRows(metadata) })
    return { file, metadata, plan, plainOnly: options.plainOnly ?? false }
  })
}

function bufferOf(bytes: Uint8Array): AsyncBuffer {
  const slice = (start: number, end?: number) => new Uint8Array(bytes.subarray(start, end)).buffer
  return { byteLength: bytes.byteLength, slice }
}

function planColumns(metadata: FileMetaData, options: ReadParquetOptions & { rows: bigint }): ColumnPlan[] {
  const { schema, row_groups: groups } = metadata
  const { rows } = options
  if (groups.reduce((sum, group) => sum + group.num_rows, 0n) !== metadata.num_rows)
    throw malformedParquet('its row counts disagree')
  if (groups.some((group) => group.num_rows < 0n)) throw malformedParquet('a row group has less than no rows')
  const root = schema[0]
  if (!root || root.num_children === undefined) throw malformedParquet('it has no schema')
  const elements = topLevel(schema)
  const names = elements.map((element) => element.name)
  const wanted = options.columns ?? names
  const maxCells = options.maxCells ?? 100_000_000
  if (rows < 0n || rows * BigInt(Math.max(1, wanted.length)) > BigInt(maxCells)) {
    const message = `The Parquet file claims ${rows} rows of ${wanted.length} columns, above the limit of ${maxCells} cells. Read fewer columns or raise maxCells.`
    throw new TableError('parquet_too_large', message)
  }
  return wanted.map((name) => {
    const found = elements.filter((element) => element.name === name)
    if (found.length === 0) throw unknownColumn(name, names)
    if (found.length > 1)
      throw new TableError('column_duplicate', `The Parquet file has two columns "${name}".`, { column: name })
    const kind = kindOfElement(found[0]!)
    if (kind) return { name, kind, element: found[0]! }
    const what = found[0]!.logical_type?.type ?? found[0]!.converted_type ?? found[0]!.type ?? 'nested'
    const message = `Column "${name}" of the Parquet file is of type ${what}, which tables do not hold. Cast it to a number or text, or read only other columns.`
    throw new TableError('parquet_unsupported', message, { column: name })
  })
}

function topLevel(schema: FileMetaData['schema']): FileMetaData['schema'] {
  const found = []
  for (let at = 1; at < schema.length; at = afterSubtree(schema, at)) found.push(schema[at]!)
  return found
}

function afterSubtree(schema: FileMetaData['schema'], from: number): number {
  let open = 1
  let at = from
  while (open > 0 && at < schema.length) open += (schema[at++]!.num_children ?? 0) - 1
  return at
}

function unknownColumn(name: string, names: readonly string[]): TableError {
  const message = `The Parquet file has no column "${name}". ${didYouMean(name, names)}`
  return new TableError('column_unknown', message, { column: name })
}

/** Does the work; what it throws becomes `parquet_malformed`, unless it is a `TableError`. */
export async function orMalformed<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    if (cause instanceof TableError) throw cause
    throw malformedParquet((cause as Error).message, cause)
  }
}
