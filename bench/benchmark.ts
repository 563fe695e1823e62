import type { Measured } from './measure.ts'

/** What the command line of a benchmark may say. */
export interface BenchOptions {
  /** How often each contender is measured. Default: the benchmark's own. */
  readonly rounds: number | undefined
  /** Size of the large artifact of `export` and `import`. */
  readonly sizeMib: number
  /** How many rows `batch` scores. Default: the benchmark's own. */
  readonly rows?: number | undefined
  /** Told how far it is. */
  readonly note: (line: string) => void
}

/** What came of a benchmark. */
export interface Finding {
  readonly measured: Readonly<Record<string, Measured>>
  readonly ratio: number
  /** What else is worth knowing, a line each. */
  readonly notes?: readonly string[]
  /** Why the bar is missed although the ratio is good. */
  readonly fault?: string | undefined
}

/** A benchmark: something of ours beside its peer or limit, measured in the same run. */
export interface Benchmark {
  readonly name: string
  /** One sentence. */
  readonly summary: string
  readonly bar: { readonly is: 'at most' | 'at least'; readonly ratio: number }
  readonly run: (options: BenchOptions) => Promise<Finding>
}

/** The last line of a benchmark, for people and scripts. */
export function verdictOf({ name, bar }: Benchmark, { ratio, fault }: Finding): string {
  const isMet = fault === undefined && (bar.is === 'at most' ? ratio <= bar.ratio : ratio >= bar.ratio)
  return `${name} ratio ${ratio.toFixed(2)} bar ${bar.ratio} ${isMet ? 'ok' : 'short'}`
}
