import { varint } from './packed-numbers.ts'

/** Which rows of a page hold a value, in the form Parquet writes it: nothing, or one bit a row. */
export class PresentRows {
  #bits = new Uint8Array(0)
  #rows = 0
  #missing = 0

  get rows(): number {
    return this.#rows
  }

  get missing(): number {
    return this.#missing
  }

  /** Forgets the rows and keeps the room. */
  clear(): void {
    this.#bits.fill(0, 0, Math.ceil(this.#rows / 8))
    this.#rows = 0
    this.#missing = 0
  }

  /** Rows that all hold a value: free as long as none before them was missing. */
  addPresent(count: number): void {
    const from = this.#rows
    this.#rows += count
    if (this.#missing > 0) this.#set(from, this.#rows)
  }

  add(isPresent: boolean): void {
    if (isPresent) {
      this.addPresent(1)
    } else {
      if (this.#missing === 0) this.#set(0, this.#rows)
      this.#missing++
      this.#rows++
    }
  }

  /** The definition levels of an optional column: one run where all rows are alike, else a bit a row. */
  levels(): Uint8Array {
    if (this.#missing === 0) return Uint8Array.from([...varint(this.#rows << 1), 1])
    if (this.#missing === this.#rows) return Uint8Array.from([...varint(this.#rows << 1), 0])
    const byteCount = Math.ceil(this.#rows / 8)
    const header = varint((byteCount << 1) | 1)
    const levels = new Uint8Array(header.length + byteCount)
    levels.set(header)
    levels.set(this.#bits.subarray(0, byteCount), header.length)
    return levels
  }

  #set(from: number, to: number): void {
    const byteCount = Math.ceil(to / 8)
    if (byteCount > this.#bits.length) {
      const larger = new Uint8Array(Math.max(byteCount, 2 * this.#bits.length))
      larger.set(this.#bits)
      this.#bits = larger
    }
    for (let row = from; row < to; row++) this.#bits[row >> 3]! |= 1 << (row & 7)
  }
}
