import { promisify } from 'node:util'
import { constants, zstdCompress } from 'node:zlib'

/** How the pages of a file are compressed. */
export type TableCodec = 'uncompressed' | 'snappy' | 'zstd'

/** The name of a codec in a Parquet file, and the function that compresses by it, if it does. */
export interface PageCodec {
  readonly name: 'UNCOMPRESSED' | 'SNAPPY' | 'ZSTD'
  readonly compress: ((bytes: Uint8Array) => Promise<Uint8Array>) | undefined
}

/** The codec by its name. */
export async function pageCodec(codec: TableCodec): Promise<PageCodec> {
  switch (codec) {
    case 'uncompressed':
      return { name: 'UNCOMPRESSED', compress: undefined }
    case 'snappy': {
      const { snappyCompress } = await import('hyparquet-writer/src/snappy.js')
      return { name: 'SNAPPY', compress: async (bytes) => snappyCompress(bytes) }
    }
    case 'zstd': {
      const compress = promisify(zstdCompress)
      // The fastest level: pages are written once and read seldom, and runs of equal values shrink at any level.
      const params = { [constants.ZSTD_c_compressionLevel]: 1 }
      return { name: 'ZSTD', compress: (bytes) => compress(bytes, { params }) }
    }
  }
}
