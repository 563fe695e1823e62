import type { FileMetaData, RowGroup } from 'hyparquet'
import type { Column } from '../table/column.ts'
import type { ByteSink } from './byte-sink.ts'
import { encodeChunk } from './column-chunk.ts'
import { type PageCodec, pageCodec, type TableCodec } from './page-codec.ts'
import { PageValues } from './page-values.ts'
import { elementOf, type StoredColumn } from './stored-column.ts'

/** How the rows are laid out in the file. */
export interface ParquetLayout {
  readonly rowGroupRows: number
  /** A row group ends early once it holds so many bytes: long texts must not fill memory. */
  readonly rowGroupBytes: number
  readonly codec: TableCodec
  /** Whether texts that repeat are written once, and referred to. */
  readonly dictionaries: boolean
}

const magic = Buffer.from('PAR1')
// So often the bytes that a group holds are counted.
const rowsBetweenCounts = 4096

/** Writes the bytes of a Parquet file to a sink: one row group at a time is held, and then the footer is written. */
export class ParquetEncoder {
  readonly #sink: ByteSink
  readonly #columns: readonly StoredColumn[]
  readonly #values: readonly PageValues[]
  readonly #layout: ParquetLayout
  readonly #groups: RowGroup[] = []
  #codec: PageCodec | undefined
  #offset = 0
  #heldRows = 0

  constructor(sink: ByteSink, columns: readonly StoredColumn[], layout: ParquetLayout) {
    this.#sink = sink
    this.#columns = columns
    this.#values = columns.map((column) => new PageValues(column, layout))
    this.#layout = layout
  }

  /** Appends rows of columns that fit, in the order of the file; writes each row group that they fill. */
  async append(columns: readonly Column[], rowCount: number): Promise<void> {
    const { rowGroupRows, rowGroupBytes } = this.#layout
    for (let from = 0; from < rowCount; ) {
      const to = Math.min(rowCount, from + rowsBetweenCounts, from + rowGroupRows - this.#heldRows)
      for (const [i, values] of this.#values.entries()) values.append(columns[i]!, from, to)
      this.#heldRows += to - from
      from = to
      if (this.#heldRows === rowGroupRows || this.#heldBytes() >= rowGroupBytes) await this.#writeGroup()
    }
  }

  /** Writes what is held and the footer. The sink is not finished. */
  async end(): Promise<void> {
    if (this.#heldRows > 0) await this.#writeGroup()
    if (this.#offset === 0) await this.#write(magic)
    const [{ ByteWriter }, { writeMetadata }] = await Promise.all([
      import('hyparquet-writer'),
      import('hyparquet-writer/src/metadata.js'),
    ])
    const footer = new ByteWriter()
    writeMetadata(footer, this.#metadata())
    footer.appendBytes(magic)
    await this.#write(footer.getBytes())
  }

  #heldBytes(): number {
    return this.#values.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  }

  async #writeGroup(): Promise<void> {
    if (this.#offset === 0) await this.#write(magic)
    this.#codec ??= await pageCodec(this.#layout.codec)
    const codec = this.#codec
    const encoded = await Promise.all(this.#values.map((values) => encodeChunk(values, codec)))
    const start = this.#offset
    const chunks = []
    for (const { pieces, chunkAt } of encoded) {
      chunks.push(chunkAt(this.#offset))
      for (const piece of pieces) if (piece.length > 0) await this.#write(piece)
    }
    this.#groups.push({
      columns: chunks,
      num_rows: BigInt(this.#heldRows),
      total_byte_size: chunks.reduce((sum, { meta_data: meta }) => sum + (meta?.total_uncompressed_size ?? 0n), 0n),
      total_compressed_size: BigInt(this.#offset - start),
    })
    for (const values of this.#values) values.clear()
    this.#heldRows = 0
  }

  async #write(bytes: Uint8Array): Promise<void> {
    await this.#sink.write(bytes)
    this.#offset += bytes.length
  }

  #metadata(): FileMetaData {
    return {
      version: 2,
      created_by: 'airlock',
      schema: [{ name: 'root', num_children: this.#columns.length }, ...this.#columns.map(elementOf)],
      num_rows: this.#groups.reduce((sum, group) => sum + group.num_rows, 0n),
      row_groups: this.#groups,
      // Its writer works the length out.
      metadata_length: 0,
    }
  }
}
