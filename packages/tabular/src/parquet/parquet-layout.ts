import { readFooter, withParquetBuffer } from './parquet-file.ts'
import { malformedParquet } from './parquet-malformed.ts'

/** Bytes of a file: from `from` up to and without `to`. */
export interface ByteRange {
  readonly from: number
  readonly to: number
}

/** Where the parts of a Parquet file lie. */
export interface ParquetLayout {
  readonly groups: readonly ByteRange[]
  /** With the length of the footer and the magic bytes behind it. */
  readonly footer: ByteRange
}

const tailBytes = 8

/**
 * Where row groups and footer of a Parquet file lie, for who wants to read some of it from a store: footer and group in
 * their places amid zeros are enough for `readParquetGroup`. Throws as `readParquet` does.
 */
export async function parquetLayout(source: string | Uint8Array): Promise<ParquetLayout> {
  return await withParquetBuffer(source, async (file) => {
    const { metadata } = await readFooter(file, { maxCells: Number.MAX_SAFE_INTEGER })
    const groups = metadata.row_groups.map(({ columns }) => {
      const chunks = columns.map(({ meta_data: meta }) => {
        const from = Number(meta?.dictionary_page_offset || meta?.data_page_offset)
        return { from, to: from + Number(meta?.total_compressed_size) }
      })
      const range = { from: Math.min(...chunks.map(({ from }) => from)), to: Math.max(...chunks.map(({ to }) => to)) }
      if (range.from >= 4 && range.to > range.from && range.to <= file.byteLength) return range
      throw malformedParquet('a row group lies outside of it')
    })
    const footer = { from: file.byteLength - tailBytes - metadata.metadata_length, to: file.byteLength }
    return { groups, footer }
  })
}
