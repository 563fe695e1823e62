import type { AsyncBuffer, ColumnChunk, PageHeader, SchemaElement } from 'hyparquet'
import { malformedParquet } from './parquet-malformed.ts'

/** A column chunk of one row group, and what it must keep to. */
export interface ChunkToCheck {
  readonly chunk: ColumnChunk
  /** The column as the schema has it. */
  readonly element: SchemaElement
  readonly rowCount: number
  /** Refuse everything but what `writeParquet` writes: then nothing in a page can swell while it is read. */
  readonly plainOnly: boolean
}

/** A page of a column chunk, still compressed where its file is. */
export interface SoundPage {
  readonly header: PageHeader
  readonly bytes: Uint8Array
}

/**
 * Reads the pages of a column chunk and checks their headers. A reader believes the counts in a file, so a few damaged
 * bytes can make it fill memory for minutes: here they are held against the rows the file has. Throws `TableError`
 * `parquet_malformed`.
 */
export async function readSoundPages(file: AsyncBuffer, check: ChunkToCheck): Promise<SoundPage[]> {
  const { chunk, element, rowCount, plainOnly } = check
  const { parquetHeader } = await import('hyparquet/src/column.js')
  const meta = chunk.meta_data
  if (meta?.type !== element.type || meta?.path_in_schema.length !== 1) {
    throw malformedParquet('a column is not described as its schema has it')
  }
  const start = Number(meta.dictionary_page_offset || meta.data_page_offset)
  const end = start + Number(meta.total_compressed_size)
  if (!(start >= 4 && end > start && end <= file.byteLength)) throw malformedParquet('a column lies outside of it')
  if (plainOnly && meta.codec !== 'UNCOMPRESSED') throw notPlain(`it is compressed with ${meta.codec}`)
  const bytes = new Uint8Array(await file.slice(start, end))
  const reader = { view: new DataView(bytes.buffer), offset: 0 }
  const pages: SoundPage[] = []
  let rows = 0
  let hasDictionary = false
  while (rows < rowCount) {
    const header = parquetHeader(reader)
    hasDictionary ||= header.type === 'DICTIONARY_PAGE'
    // Without one a reader would take places in it for values.
    if (!plainOnly && !hasDictionary && readsDictionary(header))
      throw malformedParquet('a page refers to a dictionary that is not there')
    const size = header.compressed_page_size
    if (!(size >= 0 && reader.offset + size <= bytes.length)) throw malformedParquet('a page runs past its column')
    if (!(header.uncompressed_page_size >= 0)) throw malformedParquet('a page has no size')
    const page = bytes.subarray(reader.offset, reader.offset + size)
    rows += valuesIn(header, {
      page,
      rowsLeft: rowCount - rows,
      plainOnly,
      optional: element.repetition_type !== 'REQUIRED',
    })
    pages.push({ header, bytes: page })
    reader.offset += size
  }
  return pages
}

function readsDictionary({ data_page_header: v1, data_page_header_v2: v2 }: PageHeader): boolean {
  return ['PLAIN_DICTIONARY', 'RLE_DICTIONARY'].includes((v2 ?? v1)?.encoding ?? '')
}

function valuesIn(
  header: PageHeader,
  found: { page: Uint8Array; rowsLeft: number; plainOnly: boolean; optional: boolean },
): number {
  const { page, rowsLeft, plainOnly } = found
  const v2 = header.data_page_header_v2
  const described = v2 ?? header.data_page_header ?? header.dictionary_page_header
  const values = described?.num_values ?? -1
  if (plainOnly && (header.type !== 'DATA_PAGE_V2' || v2?.encoding !== 'PLAIN')) {
    throw notPlain(`it has a ${header.type} of encoding ${described?.encoding}`)
  }
  if (header.type === 'DICTIONARY_PAGE') {
    // No entry of a dictionary is smaller than a byte, but for truth values, which have none.
    if (values >= 0 && values <= header.uncompressed_page_size) return 0
    throw malformedParquet('a dictionary claims more entries than it has bytes')
  }
  if (!(values >= 0 && values <= rowsLeft)) throw malformedParquet('a page claims more values than there are rows')
  if (v2) {
    const { num_nulls: nulls, num_rows: rows } = v2
    const levels = v2.definition_levels_byte_length
    const fits = nulls >= 0 && nulls <= values && rows === values && v2.repetition_levels_byte_length === 0
    if (!fits || !(levels >= 0 && levels <= page.length)) throw malformedParquet('a page contradicts itself')
    if (found.optional) assertSoundLevels(page.subarray(0, levels), values)
    else if (levels > 0) throw malformedParquet('a column without nulls has some')
  }
  return values
}

/** The levels that say which values are null come in runs; none may be longer than the page. */
function assertSoundLevels(levels: Uint8Array, values: number): void {
  let at = 0
  let covered = 0
  while (covered < values) {
    let run = 0
    let shift = 0
    let byte: number
    do {
      byte = levels[at++] ?? 0xff
      if (at > levels.length || shift > 21) throw malformedParquet('the nulls of a page are not sound')
      run |= (byte & 0x7f) << shift
      shift += 7
    } while (byte & 0x80)
    const packed = run & 1
    const count = packed ? (run >>> 1) * 8 : run >>> 1
    // Packed runs come in eights, so the last one may go a little beyond.
    if (count === 0 || covered + count > values + 7) throw malformedParquet('the nulls of a page are not sound')
    covered += count
    at += packed ? run >>> 1 : 1
  }
}

function notPlain(why: string): Error {
  return malformedParquet(`only plain, uncompressed files are accepted here, and ${why}`)
}
