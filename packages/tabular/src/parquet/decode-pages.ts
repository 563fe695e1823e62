import type { Compressors, SchemaElement } from 'hyparquet'
import type { ColumnBuilder } from './column-builder.ts'
import { readPackedRuns } from './packed-runs.ts'
import { malformedParquet } from './parquet-malformed.ts'
import { addNumbers, addPlain, addTexts, decodeTexts, type PlainPage, takeNumbers } from './plain-values.ts'
import type { SoundPage } from './sound-pages.ts'

/** What the pages of a column chunk are decoded by. */
export interface PageDecoding {
  readonly element: SchemaElement
  readonly codec: string
  readonly compressors: Compressors
}

/**
 * Whether `decodePages` decodes these pages: plain values of any kind, and values of a dictionary. That is what our
 * writer and most others make; hyparquet decodes the rest, value by value.
 */
export function decodesPages(pages: readonly SoundPage[], { element }: PageDecoding): boolean {
  const isUnsigned = /UINT/.test(element.converted_type ?? '') || /false/.test(`${signOf(element)}`)
  return (
    !isUnsigned &&
    pages.every(({ header }) => {
      if (header.type === 'DICTIONARY_PAGE') return element.type !== 'BOOLEAN'
      const data = header.data_page_header_v2 ?? header.data_page_header
      if (header.data_page_header && header.data_page_header.definition_level_encoding !== 'RLE') return false
      return data?.encoding === 'PLAIN' || isDictionary(data?.encoding)
    })
  )
}

/** Decodes pages that `decodesPages` takes. Throws `TableError` `parquet_malformed`. */
export function decodePages(pages: readonly SoundPage[], decoding: PageDecoding, into: ColumnBuilder): void {
  const { type } = decoding.element
  let entries: { texts: string[] } | { numbers: ArrayLike<number> } | undefined
  for (const page of pages) {
    if (page.header.type === 'DICTIONARY_PAGE') {
      const count = page.header.dictionary_page_header!.num_values
      const bytes = decompressed(page.bytes, page.header.uncompressed_page_size, decoding)
      entries =
        type === 'BYTE_ARRAY' ? { texts: decodeTexts(bytes, count) } : { numbers: takeNumbers(bytes, { count, type }) }
      continue
    }
    const { encoding, ...plain } = plainPage(page, decoding)
    if (!isDictionary(encoding)) addPlain(plain, type, into)
    else if (!entries) throw malformedParquet('a page refers to a dictionary that is not there')
    else if ('texts' in entries) addTexts(plain, picked(plain, entries.texts, new Array<string>(plain.count)), into)
    else addNumbers(plain, picked(plain, entries.numbers, new Float64Array(plain.count)), into)
  }
}

function plainPage({ header, bytes }: SoundPage, decoding: PageDecoding): PlainPage & { encoding: string } {
  const isOptional = decoding.element.repetition_type !== 'REQUIRED'
  const v2 = header.data_page_header_v2
  if (v2) {
    const levels = bytes.subarray(0, v2.definition_levels_byte_length)
    const packed = bytes.subarray(levels.length)
    const size = header.uncompressed_page_size - levels.length
    const values = v2.is_compressed === false ? packed : decompressed(packed, size, decoding)
    return { encoding: v2.encoding, ...presence(v2.num_values, isOptional ? levels : undefined), values }
  }
  const { num_values: rows, encoding } = header.data_page_header!
  const page = decompressed(bytes, header.uncompressed_page_size, decoding)
  if (!isOptional) return { encoding, ...presence(rows, undefined), values: page }
  if (page.length < 4) throw malformedParquet('a page ends before its values')
  const end = 4 + new DataView(page.buffer, page.byteOffset).getUint32(0, true)
  if (end > page.length) throw malformedParquet('a page ends before its values')
  return { encoding, ...presence(rows, page.subarray(4, end)), values: page.subarray(end) }
}

function presence(rows: number, levels: Uint8Array | undefined): Omit<PlainPage, 'values'> {
  if (!levels) return { rows, present: undefined, count: rows }
  const present = new Uint8Array(rows)
  readPackedRuns(levels, 1, present)
  let count = 0
  for (let row = 0; row < rows; row++) count += present[row]!
  return { rows, present: count === rows ? undefined : present, count }
}

/** The entries of a dictionary that a page refers to, one after the other. */
function picked<T>({ values, count }: PlainPage, entries: ArrayLike<T>, into: { [at: number]: T; length: number }) {
  const indexes = new Uint32Array(count)
  const width = values[0] ?? 0
  if (width > 32) throw malformedParquet('an index of a dictionary is too wide')
  if (width > 0) readPackedRuns(values.subarray(1), width, indexes)
  for (let at = 0; at < count; at++) {
    const index = indexes[at]!
    if (index >= entries.length) throw malformedParquet('a page refers to an entry that its dictionary does not have')
    into[at] = entries[index]!
  }
  return into
}

function decompressed(bytes: Uint8Array, size: number, { codec, compressors }: PageDecoding): Uint8Array {
  if (codec === 'UNCOMPRESSED') return bytes
  const decompress = compressors[codec as keyof Compressors]
  if (!decompress) throw malformedParquet(`its compression ${codec} is not known`)
  const page = size === 0 ? new Uint8Array(0) : decompress(bytes, size)
  if (page.length !== size) throw malformedParquet('a page does not have the size that it claims')
  return page
}

function isDictionary(encoding: string | undefined): boolean {
  return encoding === 'RLE_DICTIONARY' || encoding === 'PLAIN_DICTIONARY'
}

function signOf({ logical_type: type }: SchemaElement): boolean | undefined {
  return type?.type === 'INTEGER' ? type.isSigned : undefined
}
