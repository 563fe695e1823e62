/** A Parquet file of ours whose footer claims another number of rows, for the file and for its only group alike. */
export function claimingRows(file: Uint8Array, { actual, claimed }: { actual: number; claimed: number }): Buffer {
  const bytes = Buffer.from(file)
  const footerAt = bytes.length - 8 - bytes.readUInt32LE(bytes.length - 8)
  const footer = bytes.subarray(footerAt, -8)
  const [known, lie] = [countOf(actual), countOf(claimed)]
  // The counts of values in its columns stand between that of the file and that of the group.
  const [first, last] = [footer.indexOf(known), footer.lastIndexOf(known)]
  const forged = Buffer.concat([
    ...[footer.subarray(0, first), lie],
    ...[footer.subarray(first + known.length, last), lie],
    footer.subarray(last + known.length),
  ])
  const length = Buffer.alloc(4)
  length.writeUInt32LE(forged.length)
  return Buffer.concat([bytes.subarray(0, footerAt), forged, length, Buffer.from('PAR1')])
}

/** A 64-bit field of Thrift's compact protocol that follows the one before: zigzag, in sevens of bits. */
function countOf(value: number): Buffer {
  const out = [0x16]
  for (let rest = value * 2; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...out, rest])
    out.push((rest % 128) + 128)
  }
}
