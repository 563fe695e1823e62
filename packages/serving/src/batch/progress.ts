/** How far a batch is, told at intervals that grow: what takes hours must not fill a log. */
export class Progress {
  readonly #rows: number
  readonly #before: number
  readonly #startedMs: number
  readonly #tell: (line: string) => void
  #nextMs: number
  #everyMs = 5_000

  /** `before` of `rows` rows were done when it began, at `nowMs`. */
  constructor({ rows, before, nowMs }: { rows: number; before: number; nowMs: number }, tell: (line: string) => void) {
    this.#rows = rows
    this.#before = before
    this.#startedMs = nowMs
    this.#nextMs = nowMs + this.#everyMs
    this.#tell = tell
  }

  /** Takes how many rows were scored since it began. */
  see(scored: number, nowMs: number): void {
    if (nowMs < this.#nextMs || scored === 0) return
    if (nowMs - this.#startedMs > 60_000) this.#everyMs = 30_000
    this.#nextMs = nowMs + this.#everyMs
    const done = Math.min(this.#rows, this.#before + scored)
    const perSecond = scored / ((nowMs - this.#startedMs) / 1_000)
    const left = (this.#rows - done) / perSecond
    const share = Math.floor((100 * done) / this.#rows)
    this.#tell(
      `${count(done)} of ${count(this.#rows)} rows (${share} %), ${count(perSecond)} rows/s, about ${seconds(left)} left`,
    )
  }
}

/** A number with commas between thousands. */
export const count = (value: number): string => Math.round(value).toLocaleString('en-US')

export function seconds(value: number): string {
  if (value < 90) return `${Math.max(1, Math.round(value))} s`
  return value < 5_400 ? `${Math.round(value / 60)} min` : `${(value / 3_600).toFixed(1)} h`
}
