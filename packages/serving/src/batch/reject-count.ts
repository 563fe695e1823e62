import { PlatformError } from '@airlock-ml/contract'
import { type PartRecord, refusalText } from './part-record.ts'
import { count } from './progress.ts'
import { type Left, namedRejects } from './score-part.ts'

/** Counts what was refused, and throws when it is more than may be. */
export class RejectCount {
  readonly #input: string
  readonly #most: number
  #rows = 0
  #first: PartRecord['firstRejects'] = []

  constructor(input: string, most: number) {
    this.#input = input
    this.#most = most
  }

  get left(): number {
    return this.#most - this.#rows
  }

  add({ part: { rejects }, firstRejects }: PartRecord): void {
    this.#take(rejects?.rows ?? 0, firstRejects)
  }

  leave(outcome: Left): void {
    if (outcome.left === 'rejects') this.#take(outcome.rejected, outcome.firstRejects)
  }

  #take(rows: number, first: PartRecord['firstRejects']): void {
    this.#rows += rows
    this.#first = [...this.#first, ...first].sort((a, b) => a.row - b.row).slice(0, namedRejects)
    if (this.#rows <= this.#most) return
    const named = this.#first.map(refusalText).join('; ')
    const message = `At least ${count(this.#rows)} rows of ${this.#input} cannot be scored, and max_rejects lets ${count(this.#most)} be refused: ${named}.`
    throw new PlatformError('batch_rows_rejected', message, { rejects: this.#first, maxRejects: this.#most })
  }
}
