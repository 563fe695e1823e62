import type { ColumnData, RowGroup } from 'hyparquet'
import { Table } from '../table/table.ts'
import { ColumnBuilder } from './column-builder.ts'
import { decodePages, decodesPages } from './decode-pages.ts'
import { pageDecompressors } from './page-decompressors.ts'
import { orMalformed, type ParquetFile } from './parquet-file.ts'
import { malformedParquet } from './parquet-malformed.ts'
import { readSoundPages } from './sound-pages.ts'

/** Reads the row groups from `from` up to and without `to`, one after the other, into one table. */
export async function readRowGroups(parquet: ParquetFile, { from, to }: { from: number; to: number }): Promise<Table> {
  const { metadata, plan } = parquet
  const groups = metadata.row_groups.slice(from, to)
  const rowCount = rowsOf(groups)
  // A stranger's file of a few kilobytes can stand for gigabytes: nothing is made before all of its pages are sound.
  if (parquet.plainOnly) for (const group of groups) await orMalformed(() => demandSoundPages(parquet, group))
  const builders = plan.map(({ name, kind }) => new ColumnBuilder({ name, kind, rowCount }))
  let rowStart = rowsOf(metadata.row_groups.slice(0, from))
  for (const group of groups) {
    await orMalformed(() => readRowGroup(parquet, { group, rowStart, builders }))
    rowStart += Number(group.num_rows)
  }
  return new Table(builders.map((builder) => builder.column()))
}

async function demandSoundPages({ file, plan, plainOnly }: ParquetFile, group: RowGroup): Promise<void> {
  const rowCount = Number(group.num_rows)
  for (const { name, element } of plan)
    for (const chunk of group.columns.filter(({ meta_data: meta }) => meta?.path_in_schema[0] === name))
      await readSoundPages(file, { chunk, element, rowCount, plainOnly })
}

async function readRowGroup(
  parquet: ParquetFile,
  { group, rowStart, builders }: { group: RowGroup; rowStart: number; builders: readonly ColumnBuilder[] },
): Promise<void> {
  const compressors = await pageDecompressors()
  const { file, plan, plainOnly } = parquet
  const rowCount = Number(group.num_rows)
  const left: ColumnBuilder[] = []
  for (const [i, { name, element }] of plan.entries()) {
    const builder = builders[i]!
    const before = builder.rows
    for (const chunk of group.columns.filter(({ meta_data: meta }) => meta?.path_in_schema[0] === name)) {
      const pages = await readSoundPages(file, { chunk, element, rowCount, plainOnly })
      const decoding = { element, codec: chunk.meta_data!.codec, compressors }
      if (decodesPages(pages, decoding)) decodePages(pages, decoding, builder)
      else left.push(builder)
    }
    if (!left.includes(builder)) assertRows(builder, builder.rows - before, rowCount)
  }
  if (left.length > 0) await decodeByHyparquet(parquet, { rowStart, rowCount, builders: left })
}

async function decodeByHyparquet(
  { file, metadata }: ParquetFile,
  { rowStart, rowCount, builders }: { rowStart: number; rowCount: number; builders: readonly ColumnBuilder[] },
): Promise<void> {
  const [{ parquetRead }, compressors] = await Promise.all([import('hyparquet'), pageDecompressors()])
  const chunks = new Map<string, ColumnData[]>(builders.map(({ name }) => [name, []]))
  await parquetRead({
    file,
    metadata,
    columns: [...chunks.keys()],
    rowStart,
    rowEnd: rowStart + rowCount,
    compressors,
    geoparquet: false,
    // A throw in here would be an unhandled rejection: chunks are only kept, and judged below.
    onChunk: (chunk) => chunks.get(chunk.columnName)?.push(chunk),
  })
  for (const builder of builders) {
    const found = chunks.get(builder.name)!.sort((a, b) => a.rowStart - b.rowStart)
    const rows = found.reduce((sum, { columnData }) => sum + columnData.length, 0)
    assertRows(builder, rows, rowCount)
    for (const { columnData } of found) builder.addDecoded(columnData)
  }
}

function assertRows({ name }: ColumnBuilder, rows: number, rowCount: number): void {
  if (rows !== rowCount) throw malformedParquet(`column "${name}" has ${rows} values for ${rowCount} rows`)
}

function rowsOf(groups: readonly RowGroup[]): number {
  return groups.reduce((sum, group) => sum + Number(group.num_rows), 0)
}
