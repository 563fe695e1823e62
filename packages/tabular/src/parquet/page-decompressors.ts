import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import type { Compressors } from 'hyparquet'

/** What decompresses pages: Node's own functions where it has them, which are several times as fast. */
export async function pageDecompressors(): Promise<Compressors> {
  const { compressors } = await import('hyparquet-compressors')
  return {
    ...compressors,
    GZIP: (bytes, size) => gunzipSync(bytes, { maxOutputLength: size }),
    ZSTD: (bytes, size) => zstdDecompressSync(bytes, { maxOutputLength: size }),
  }
}
