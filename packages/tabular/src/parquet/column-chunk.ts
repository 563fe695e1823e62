import type { ColumnChunk, ColumnMetaData, PageHeader } from 'hyparquet'
import type { PageCodec } from './page-codec.ts'
import type { PageValues } from './page-values.ts'
import { elementOf } from './stored-column.ts'

/** One column of one row group as it goes into the file. Offsets count from the start of these bytes. */
export interface EncodedChunk {
  readonly pieces: readonly Uint8Array[]
  readonly sizeBytes: number
  chunkAt(offset: number): ColumnChunk
}

interface Page {
  readonly header: PageHeader
  readonly levels: Uint8Array
  readonly values: Uint8Array
}

/** Puts the values of a column into one page, behind the page of its dictionary where it has one. */
export async function encodeChunk(values: PageValues, codec: PageCodec): Promise<EncodedChunk> {
  const dictionary = values.texts.dictionary()
  const pages = dictionary ? [await dictionaryPage(dictionary, codec)] : []
  pages.push(await dataPage(values, { bytes: dictionary?.indexes ?? values.plain, isIndex: !!dictionary, codec }))
  const pieces: Uint8Array[] = []
  let sizeBytes = 0
  let uncompressedBytes = 0
  let dataAt = 0
  for (const { header, levels, values } of pages) {
    const head = await headerBytes(header)
    dataAt = sizeBytes
    pieces.push(head, levels, values)
    sizeBytes += head.length + levels.length + values.length
    uncompressedBytes += head.length + header.uncompressed_page_size
  }
  const element = elementOf(values.stored)
  const metadata = (offset: number): ColumnMetaData => ({
    type: element.type!,
    encodings: dictionary ? ['PLAIN', 'RLE_DICTIONARY'] : ['PLAIN'],
    path_in_schema: [values.stored.name],
    codec: codec.name,
    num_values: BigInt(rows),
    total_uncompressed_size: BigInt(uncompressedBytes),
    total_compressed_size: BigInt(sizeBytes),
    data_page_offset: BigInt(offset + dataAt),
    ...(dictionary ? { dictionary_page_offset: BigInt(offset) } : {}),
  })
  // The values are cleared for the next group before the footer is written.
  const { rows } = values.present
  return {
    pieces,
    sizeBytes,
    chunkAt: (offset) => ({ file_offset: BigInt(offset), meta_data: metadata(offset) }),
  }
}

async function dictionaryPage(
  { entries, entryCount }: { entries: Uint8Array; entryCount: number },
  { compress }: PageCodec,
): Promise<Page> {
  const values = compress ? await compress(entries) : entries
  return {
    header: {
      type: 'DICTIONARY_PAGE',
      uncompressed_page_size: entries.length,
      compressed_page_size: values.length,
      dictionary_page_header: { num_values: entryCount, encoding: 'PLAIN' },
    },
    levels: new Uint8Array(0),
    values,
  }
}

async function dataPage(
  { present, stored }: PageValues,
  { bytes, isIndex, codec }: { bytes: Uint8Array; isIndex: boolean; codec: PageCodec },
): Promise<Page> {
  const levels = stored.nullable === false ? new Uint8Array(0) : present.levels()
  // Not every reader takes the compressed form of nothing.
  const compress = bytes.length > 0 ? codec.compress : undefined
  const values = compress ? await compress(bytes) : bytes
  return {
    header: {
      type: 'DATA_PAGE_V2',
      uncompressed_page_size: levels.length + bytes.length,
      compressed_page_size: levels.length + values.length,
      data_page_header_v2: {
        num_values: present.rows,
        num_nulls: present.missing,
        num_rows: present.rows,
        encoding: isIndex ? 'RLE_DICTIONARY' : 'PLAIN',
        definition_levels_byte_length: levels.length,
        repetition_levels_byte_length: 0,
        is_compressed: compress !== undefined,
      },
    },
    levels,
    values,
  }
}

async function headerBytes(header: PageHeader): Promise<Uint8Array> {
  const [{ ByteWriter }, { writePageHeader }] = await Promise.all([
    import('hyparquet-writer'),
    import('hyparquet-writer/src/datapage.js'),
  ])
  const writer = new ByteWriter()
  writePageHeader(writer, header)
  return writer.getBytes()
}
