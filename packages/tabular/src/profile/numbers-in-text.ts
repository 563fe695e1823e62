import { isMissingNumber, isNumber } from '../csv/cell-numbers.ts'

/** With more different texts beside the numbers than this a column is text. */
const MOST_MARKS = 4

/** Tells a column of numbers that a few marks of missing values have made text of, as `NA` does. */
export class NumbersInText {
  #numbers = 0
  #rows = 0
  #marks: Set<string> | null = new Set()

  add(values: readonly (string | null)[]): void {
    for (const value of values) {
      if (!this.#marks) return
      if (value === null) continue
      this.#rows++
      const text = value.trim()
      if (isNumber(text) && !isMissingNumber(text)) this.#numbers++
      else if (this.#marks.add(text).size > MOST_MARKS) this.#marks = null
    }
  }

  /** The texts between the numbers, and the share of the numbers; null where it is no column of numbers. */
  found(): { marks: string[]; share: number } | null {
    const share = this.#numbers / this.#rows
    return this.#marks && this.#marks.size > 0 && share >= 0.5 ? { marks: [...this.#marks], share } : null
  }
}
