const quote = 34
const newline = 10
const carriageReturn = 13
const byteOrderMark = [0xef, 0xbb, 0xbf]

/**
 * Finds where the rows of a CSV file end, by its bytes alone: what `CsvSplitter` takes for a record is one here. It may
 * be wrong behind a quote that does not belong, and there the splitter throws.
 */
export class CsvRowCounter {
  readonly #onRecord: (endsAt: number) => void
  #offset = 0
  #length = 0
  #quotes = 0
  #isQuoted = false

  /** `onRecord` is called for each record, the header first, with the offset behind it. */
  constructor(onRecord: (endsAt: number) => void) {
    this.#onRecord = onRecord
  }

  push(chunk: Buffer): void {
    const isMarked = this.#offset === 0 && byteOrderMark.every((byte, at) => chunk[at] === byte)
    const from = isMarked ? byteOrderMark.length : 0
    const isPlain = !this.#isQuoted && !chunk.includes(quote) && !chunk.includes(carriageReturn)
    if (isPlain) this.#pushPlain(chunk, from)
    else this.#pushAny(chunk, from)
    this.#offset += chunk.length
  }

  end(): void {
    this.#endRecord(this.#offset)
  }

  /** Without quotes and carriage returns, each line is a record. */
  #pushPlain(chunk: Buffer, from: number): void {
    let at = from
    for (let end = chunk.indexOf(newline, at); end >= 0; end = chunk.indexOf(newline, at)) {
      this.#length += end - at
      at = end + 1
      this.#endRecord(this.#offset + at)
    }
    this.#length += chunk.length - at
  }

  #pushAny(chunk: Buffer, from: number): void {
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at]
      const isEnd = !this.#isQuoted && (byte === newline || byte === carriageReturn)
      if (byte === quote) {
        this.#isQuoted = !this.#isQuoted
        this.#quotes++
      }
      if (isEnd) this.#endRecord(this.#offset + at + 1)
      else this.#length++
    }
  }

  #endRecord(endsAt: number): void {
    // An empty line is no record, and so is a lone pair of quotes: the LF of a CRLF makes the former.
    const isRecord = this.#length > 0 && !(this.#length === 2 && this.#quotes === 2)
    this.#length = 0
    this.#quotes = 0
    if (isRecord) this.#onRecord(endsAt)
  }
}
