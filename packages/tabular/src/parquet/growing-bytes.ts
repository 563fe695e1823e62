/** Bytes that grow at their end, and whose room is used again. */
export class GrowingBytes {
  #bytes = Buffer.alloc(0)
  #length = 0

  get length(): number {
    return this.#length
  }

  /** What was appended. Valid until the next append. */
  get view(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  /** Forgets what was appended and keeps the room. */
  clear(): void {
    this.#length = 0
  }

  /** Room for `size` more bytes, counted as appended; `at` is where in `bytes` it begins. */
  claim(size: number): { bytes: Buffer; at: number } {
    const at = this.#length
    this.#reserve(at + size)
    this.#length = at + size
    return { bytes: this.#bytes, at }
  }

  /** Gives back what a claim did not need. */
  giveBack(size: number): void {
    this.#length -= size
  }

  append(bytes: Uint8Array): void {
    const { bytes: into, at } = this.claim(bytes.length)
    into.set(bytes, at)
  }

  setBit(bit: number): void {
    this.#bytes[bit >> 3]! |= 1 << (bit & 7)
  }

  #reserve(size: number): void {
    if (size <= this.#bytes.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(size, 2 * this.#bytes.length, 1024))
    larger.set(this.view)
    this.#bytes = larger
  }
}
