import type { LogProblem } from './verdict.ts'

/** So many missing numbers are remembered one by one; a longer gap is a gap. */
const MAX_REMEMBERED = 10_000

/**
 * Tells from the sequence numbers alone what was removed, inserted or moved. Events must be numbered 1, 2, 3 …
 */
export class SequenceCheck {
  #expected = 1
  readonly #gaps: { from: number; to: number }[] = []
  readonly #missing = new Set<number>()
  readonly #report: (problem: LogProblem) => void

  constructor(report: (problem: LogProblem) => void) {
    this.#report = report
  }

  /** The highest number so far. */
  get highest(): number {
    return this.#expected - 1
  }

  /** Takes the next event's number; false when it is not the one that belongs here. */
  take(sequence: number): boolean {
    if (sequence === this.#expected) {
      this.#expected++
      return true
    }
    if (sequence > this.#expected) {
      this.skipTo(sequence - 1)
      this.#expected = sequence + 1
    } else if (this.#missing.delete(sequence)) {
      this.#report({
        kind: 'reordered',
        sequence,
        message: `Event ${sequence} was moved: it stands behind event ${this.highest}.`,
      })
    } else {
      this.#report({
        kind: 'inserted',
        sequence,
        message: `Event ${sequence} is there twice; the second stands behind event ${this.highest} and was inserted.`,
      })
    }
    return false
  }

  /** Something shows that the events up to `last` should have come by now; they may still. */
  skipTo(last: number): void {
    this.#gaps.push({ from: this.#expected, to: last })
    for (let at = this.#expected; at <= last && this.#missing.size < MAX_REMEMBERED; at++) this.#missing.add(at)
    this.#expected = last + 1
  }

  /** At the end: what never came. `size` is how many there should be. */
  finish(size: number): void {
    if (size > this.highest) this.skipTo(size)
    for (const gap of this.#gaps) {
      for (const [first, last] of this.#stillMissing(gap.from, gap.to)) {
        const what = first === last ? `Event ${first} was` : `Events ${first} to ${last} were`
        this.#report({ kind: 'removed', sequence: first, message: `${what} removed.` })
      }
    }
  }

  #stillMissing(from: number, to: number): [number, number][] {
    const ranges: [number, number][] = []
    for (let at = from; at <= to; at++) {
      const isRemembered = at - from < MAX_REMEMBERED
      if (isRemembered && !this.#missing.has(at)) continue
      const last = ranges.at(-1)
      if (last && last[1] === at - 1) last[1] = at
      else ranges.push([at, at])
      if (!isRemembered) {
        ranges.at(-1)![1] = to
        break
      }
    }
    return ranges
  }
}
