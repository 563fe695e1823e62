import { open } from 'node:fs/promises'
import type { AsyncBuffer, ColumnData, FileMetaData, SchemaElement } from 'hyparquet'
import { booleanColumn, type Column, type ColumnKind, int64Column, stringColumn } from '../table/column.ts'
import { didYouMean } from '../table/nearest-names.ts'
import { Table } from '../table/table.ts'
import { TableError } from '../table/table-error.ts'
import { assertSoundPages } from './assert-sound-pages.ts'
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

interface ColumnPlan {
  readonly name: string
  readonly kind: ColumnKind
  readonly element: SchemaElement
}

/** A Parquet file whose form was checked, and whose rows are not read yet. */
export interface ParquetFile {
  readonly file: AsyncBuffer
  readonly metadata: FileMetaData
  readonly plan: readonly ColumnPlan[]
}

/** Opens a file or bytes for as long as `work` takes. Throws `TableError` `file_unreadable`. */
export async function withParquetBuffer<T>(
  source: string | Uint8Array,
  work: (file: AsyncBuffer) => Promise<T>,
): Promise<T> {
  if (typeof source !== 'string') return await work(bufferOf(source))
  let file: Awaited<ReturnType<typeof open>>
  try {
    file = await open(source)
  } catch (cause) {
    const message = `The file ${source} cannot be read: ${(cause as Error).message}. Check the path and its rights.`
    throw new TableError('file_unreadable', message, { cause })
  }
  try {
    const { size } = await file.stat()
    const slice = async (start: number, end = size): Promise<ArrayBuffer> => {
      const bytes = new Uint8Array(Math.max(0, Math.min(end, size) - start))
      await file.read(bytes, 0, bytes.length, start)
      return bytes.buffer
    }
    return await work({ byteLength: size, slice })
  } finally {
    await file.close()
  }
}

/** Reads the footer and checks every page that will be read. `maxRows` is what `maxCells` is held against. */
export async function checkParquet(
  file: AsyncBuffer,
  options: ReadParquetOptions,
  maxRows: (metadata: FileMetaData) => bigint = (metadata) => metadata.num_rows,
): Promise<ParquetFile> {
  const { parquetMetadataAsync } = await import('hyparquet')
  return await orMalformed(async () => {
    const metadata = await parquetMetadataAsync(file, { geoparquet: false })
    const plan = planColumns(metadata, { ...options, rows: maxRows(metadata) })
    await checkPages(file, metadata, {
      elements: new Map(plan.map(({ name, element }) => [name, element])),
      plainOnly: options.plainOnly ?? false,
    })
    return { file, metadata, plan }
  })
}

/** Reads the rows from `rowStart` up to and without `rowEnd`. */
export async function readRows(
  { file, metadata, plan }: ParquetFile,
  { rowStart, rowEnd }: { rowStart: number; rowEnd: number },
): Promise<Table> {
  const [{ parquetRead }, { compressors }] = await Promise.all([import('hyparquet'), import('hyparquet-compressors')])
  const chunks = new Map<string, ColumnData[]>(plan.map(({ name }) => [name, []]))
  await orMalformed(() =>
    parquetRead({
      file,
      metadata,
      columns: plan.map(({ name }) => name),
      rowStart,
      rowEnd,
      compressors,
      geoparquet: false,
      // A throw in here would be an unhandled rejection: chunks are only kept, and judged below.
      onChunk: (chunk) => chunks.get(chunk.columnName)?.push(chunk),
    }),
  )
  const rowCount = rowEnd - rowStart
  return new Table(plan.map(({ name, kind }) => assemble({ name, kind, rowCount, chunks: chunks.get(name)! })))
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

function assemble(parts: { name: string; kind: ColumnKind; rowCount: number; chunks: ColumnData[] }): Column {
  const { name, kind, rowCount, chunks } = parts
  const rows = chunks.reduce((sum, chunk) => sum + chunk.columnData.length, 0)
  if (rows !== rowCount) throw malformedParquet(`column "${name}" has ${rows} values for ${rowCount} rows`)
  const ordered = chunks.sort((a, b) => a.rowStart - b.rowStart)
  if (kind === 'string')
    return stringColumn(
      name,
      ordered.flatMap((chunk) => Array.from(chunk.columnData, orNull)),
    )
  if (kind === 'boolean')
    return booleanColumn(
      name,
      ordered.flatMap((chunk) => Array.from(chunk.columnData, orNull)),
    )
  if (kind === 'float32') return { name, kind, values: numbers(new Float32Array(rowCount), ordered) }
  const values = numbers(new Float64Array(rowCount), ordered)
  return kind === 'int64' ? int64Column(name, values) : { name, kind, values }
}

function numbers<T extends Float32Array | Float64Array>(into: T, chunks: ColumnData[]): T {
  let at = 0
  for (const { columnData } of chunks) {
    for (let i = 0; i < columnData.length; i++) into[at++] = Number(columnData[i] ?? Number.NaN)
  }
  return into
}

function orNull<T>(value: T | null | undefined): T | null {
  return value ?? null
}

function unknownColumn(name: string, names: readonly string[]): TableError {
  const message = `The Parquet file has no column "${name}". ${didYouMean(name, names)}`
  return new TableError('column_unknown', message, { column: name })
}

async function checkPages(
  file: AsyncBuffer,
  metadata: FileMetaData,
  wanted: { elements: ReadonlyMap<string, SchemaElement>; plainOnly: boolean },
): Promise<void> {
  for (const group of metadata.row_groups) {
    for (const chunk of group.columns) {
      const element = wanted.elements.get(chunk.meta_data?.path_in_schema[0] ?? '')
      if (!element) continue
      await assertSoundPages(file, { chunk, element, rowCount: Number(group.num_rows), plainOnly: wanted.plainOnly })
    }
  }
}

async function orMalformed<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    if (cause instanceof TableError) throw cause
    throw malformedParquet((cause as Error).message, cause)
  }
}
