import { TableError } from '../table/table-error.ts'

// A quote that is never closed would otherwise swallow the rest of the file.
const maxRecordLength = 1_000_000

const comma = 44
const quote = 34
const newline = 10
const carriageReturn = 13

/**
 * Splits CSV text, which comes in chunks, into records: comma, double quotes, lines that end in LF, CRLF or CR. Empty
 * lines are skipped. `onRecord` is given the cells in an array that is used again for the next record.
 */
export class CsvSplitter {
  readonly #onRecord: (cells: readonly string[]) => void
  readonly #cells: string[] = []
  #text = ''
  #at = 0
  #records = 0

  /** `recordsBefore` is how many records of the file come before, the header too: messages count from the first. */
  constructor(onRecord: (cells: readonly string[]) => void, { recordsBefore = 0 }: { recordsBefore?: number } = {}) {
    this.#onRecord = onRecord
    this.#records = recordsBefore
  }

  /** Takes the next chunk. Throws `TableError` `csv_malformed`, and what `onRecord` throws. */
  push(chunk: string): void {
    this.#split(this.#text + chunk, false)
  }

  /** Takes the end of the file. */
  end(): void {
    this.#split(this.#text, true)
  }

  #split(text: string, isEnd: boolean): void {
    this.#text = text
    let start = 0
    for (;;) {
      this.#at = start
      if (!this.#readRecord(isEnd)) break
      start = this.#at
    }
    this.#text = text.slice(start)
    if (this.#text.length > maxRecordLength) throw this.#malformed('it is longer than a million characters')
  }

  /** Reads one record; `false` where its end is not there yet, or nothing is left. */
  #readRecord(isEnd: boolean): boolean {
    const text = this.#text
    if (this.#at === text.length) return false
    let count = 0
    for (;;) {
      const cell = text.charCodeAt(this.#at) === quote ? this.#quoted(isEnd) : this.#unquoted()
      if (cell === undefined) return false
      this.#cells[count++] = cell
      const code = text.charCodeAt(this.#at)
      if (this.#at < text.length && code === comma) {
        this.#at++
        continue
      }
      // Whether a CR is followed by an LF is only known when the next character is.
      const isCut = this.#at === text.length || (code === carriageReturn && this.#at + 1 === text.length)
      if (isCut && !isEnd) return false
      this.#at += code === carriageReturn && text.charCodeAt(this.#at + 1) === newline ? 2 : 1
      this.#at = Math.min(this.#at, text.length)
      break
    }
    this.#cells.length = count
    if (count === 1 && this.#cells[0] === '') return true
    this.#records++
    this.#onRecord(this.#cells)
    return true
  }

  #unquoted(): string {
    const text = this.#text
    const from = this.#at
    let at = from
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at)
      if (code === comma || code === newline || code === carriageReturn) break
      if (code === quote) throw this.#malformed('a cell without quotes has one in its middle')
    }
    this.#at = at
    return text.slice(from, at)
  }

  #quoted(isEnd: boolean): string | undefined {
    const text = this.#text
    const from = this.#at + 1
    let isDoubled = false
    let close = text.indexOf('"', from)
    while (close >= 0 && text.charCodeAt(close + 1) === quote) {
      isDoubled = true
      close = text.indexOf('"', close + 2)
    }
    if (close < 0 || (close + 1 === text.length && !isEnd)) {
      if (isEnd) throw this.#malformed('a quote is not closed')
      return undefined
    }
    this.#at = close + 1
    const after = text.charCodeAt(this.#at)
    const isClosed = after === comma || after === newline || after === carriageReturn || this.#at === text.length
    if (!isClosed) throw this.#malformed('a cell goes on after its closing quote')
    const cell = text.slice(from, close)
    return isDoubled ? cell.replaceAll('""', '"') : cell
  }

  #malformed(why: string): TableError {
    const where = this.#records === 0 ? 'The header' : `Row ${this.#records}`
    const message = `${where} of the CSV file cannot be read: ${why}. Look for a quote that is not closed.`
    return new TableError('csv_malformed', message, this.#records === 0 ? {} : { row: this.#records })
  }
}
