import { GrowingBytes } from './growing-bytes.ts'
import { packedNumbers } from './packed-numbers.ts'

// Beyond this, a column is no longer one of few different texts.
const mostEntries = 10_000

/**
 * The texts of one column of one row group: as a dictionary and an index a row while there are few different ones, else
 * one after the other. A column that once had too many goes without a dictionary from then on.
 */
export class TextValues {
  readonly plain = new GrowingBytes()
  readonly #dictionary = new Map<string, number>()
  readonly #entries = new GrowingBytes()
  #indexes = new Uint32Array(0)
  #count = 0
  // Most columns of few texts have runs of one.
  #lastText: string | undefined
  #lastIndex = 0
  #mayUseDictionary: boolean

  constructor(mayUseDictionary: boolean) {
    this.#mayUseDictionary = mayUseDictionary
  }

  get sizeBytes(): number {
    return this.plain.length + this.#entries.length + 4 * this.#count
  }

  add(text: string): void {
    if (text === this.#lastText) {
      this.#addIndex(this.#lastIndex)
      return
    }
    const known = this.#mayUseDictionary ? this.#dictionary.get(text) : undefined
    if (known === undefined && this.#dictionary.size === mostEntries) this.#leaveDictionary()
    if (!this.#mayUseDictionary) {
      appendText(this.plain, text)
      return
    }
    this.#lastIndex = known ?? this.#newEntry(text)
    this.#lastText = text
    this.#addIndex(this.#lastIndex)
  }

  #newEntry(text: string): number {
    const index = this.#dictionary.size
    this.#dictionary.set(text, index)
    appendText(this.#entries, text)
    return index
  }

  #addIndex(index: number): void {
    if (this.#count === this.#indexes.length) {
      const larger = new Uint32Array(Math.max(1024, 2 * this.#count))
      larger.set(this.#indexes)
      this.#indexes = larger
    }
    this.#indexes[this.#count++] = index
  }

  /** The dictionary's page and the indexes into it, or `undefined` where the texts are in `plain`. */
  dictionary(): { entries: Uint8Array; entryCount: number; indexes: Uint8Array } | undefined {
    if (this.#count === 0) return undefined
    const entryCount = this.#dictionary.size
    const indexes = packedNumbers(this.#indexes.subarray(0, this.#count), entryCount - 1)
    return { entries: this.#entries.view, entryCount, indexes }
  }

  clear(): void {
    this.#lastText = undefined
    this.plain.clear()
    this.#dictionary.clear()
    this.#entries.clear()
    this.#count = 0
  }

  #leaveDictionary(): void {
    this.#lastText = undefined
    const texts = [...this.#dictionary.keys()]
    for (const index of this.#indexes.subarray(0, this.#count)) appendText(this.plain, texts[index]!)
    this.#dictionary.clear()
    this.#entries.clear()
    this.#count = 0
    this.#mayUseDictionary = false
  }
}

function appendText(to: GrowingBytes, text: string): void {
  // No unit of a string takes more than three bytes.
  const { bytes, at } = to.claim(4 + 3 * text.length)
  const size = bytes.write(text, at + 4)
  bytes.writeUInt32LE(size, at)
  to.giveBack(3 * text.length - size)
}
