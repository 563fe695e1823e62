import { malformedParquet } from './parquet-malformed.ts'

/**
 * Reads numbers of `width` bits in Parquet's hybrid form, runs and packed bits, until `into` is full. Throws
 * `TableError` `parquet_malformed` where the bytes end before that.
 */
export function readPackedRuns(bytes: Uint8Array, width: number, into: Uint32Array | Uint8Array): void {
  const valueBytes = Math.ceil(width / 8)
  let at = 0
  let filled = 0
  while (filled < into.length) {
    let header = 0
    let shift = 0
    let byte: number
    do {
      if (at >= bytes.length || shift > 28) throw malformedParquet('a run of a page is not sound')
      byte = bytes[at++]!
      header |= (byte & 0x7f) << shift
      shift += 7
    } while (byte & 0x80)
    const count = header & 1 ? (header >>> 1) * 8 : header >>> 1
    if (count === 0) throw malformedParquet('a run of a page is empty')
    const end = Math.min(into.length, filled + count)
    const size = header & 1 ? (header >>> 1) * width : valueBytes
    if (header & 1) {
      // The last packed run may hold less than it says: its end counts in eights.
      if (at + Math.ceil(((end - filled) * width) / 8) > bytes.length)
        throw malformedParquet('a run of a page is cut off')
      unpack(bytes, { at, width }, into.subarray(filled, end))
    } else {
      if (at + size > bytes.length) throw malformedParquet('a run of a page is cut off')
      let value = 0
      for (let i = 0; i < valueBytes; i++) value |= bytes[at + i]! << (8 * i)
      into.fill(value >>> 0, filled, end)
    }
    at += size
    filled = end
  }
}

function unpack(bytes: Uint8Array, { at, width }: { at: number; width: number }, into: Uint32Array | Uint8Array): void {
  if (width === 1) {
    for (let i = 0; i < into.length; i++) into[i] = (bytes[at + (i >> 3)]! >> (i & 7)) & 1
    return
  }
  for (let i = 0; i < into.length; i++) {
    let bit = i * width
    let value = 0
    for (let got = 0; got < width; ) {
      const taken = Math.min(8 - (bit & 7), width - got)
      value |= ((bytes[at + (bit >> 3)]! >> (bit & 7)) & ((1 << taken) - 1)) << got
      got += taken
      bit += taken
    }
    into[i] = value >>> 0
  }
}
