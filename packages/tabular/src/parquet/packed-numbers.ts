/** A number in as few bytes of seven bits as it needs, the lowest first. */
export function varint(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80)
    rest >>>= 7
  }
  bytes.push(rest)
  return bytes
}

/** Numbers from 0 to `most` in Parquet's hybrid form, behind the byte that says their width: one run, or packed bits. */
export function packedNumbers(numbers: Uint32Array, most: number): Uint8Array {
  const width = Math.max(1, 32 - Math.clz32(most))
  const first = numbers[0] ?? 0
  if (numbers.every((number) => number === first)) {
    const value = Array.from({ length: Math.ceil(width / 8) }, (_, byte) => (first >>> (8 * byte)) & 0xff)
    return Uint8Array.from([width, ...varint(numbers.length << 1), ...value])
  }
  const groups = Math.ceil(numbers.length / 8)
  const header = [width, ...varint((groups << 1) | 1)]
  const packed = new Uint8Array(header.length + groups * width)
  packed.set(header)
  let at = header.length
  let held = 0
  let heldBits = 0
  for (const number of numbers) {
    // At most 7 bits are left over, and a width of 16 more still fits into 32.
    held |= number << heldBits
    heldBits += width
    while (heldBits >= 8) {
      packed[at++] = held & 0xff
      held >>>= 8
      heldBits -= 8
    }
  }
  if (heldBits > 0) packed[at] = held & 0xff
  return packed
}
