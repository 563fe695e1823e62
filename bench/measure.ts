/** One measurement of one contender. */
export interface Sample {
  readonly ms: number
  /** The most memory that its process held, where it had one of its own. */
  readonly peakBytes?: number
}

/** All measurements of one contender. */
export interface Measured {
  readonly medianMs: number
  readonly fastestMs: number
  readonly slowestMs: number
  readonly peakBytes: number | undefined
}

type Contenders<Name extends string> = Readonly<Record<Name, () => Sample | Promise<Sample>>>

/**
 * Measures contenders in turn, round by round, so that whatever else the machine does falls on all of them; every other
 * round goes backwards, so that none always has the same one before it. The first round only warms up.
 */
export async function measureInTurn<Name extends string>(
  contenders: Contenders<Name>,
  { rounds, note }: { rounds: number; note: (line: string) => void },
): Promise<Record<Name, Measured>> {
  const names = Object.keys(contenders) as Name[]
  const samples = new Map<Name, Sample[]>(names.map((name) => [name, []]))
  for (let round = 0; round <= rounds; round++) {
    if (round % Math.ceil(rounds / 10) === 0) note(round === 0 ? 'warming up' : `round ${round} of ${rounds}`)
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const sample = await contenders[name]()
      if (round > 0) samples.get(name)!.push(sample)
    }
  }
  return Object.fromEntries(names.map((name) => [name, summarise(samples.get(name)!)])) as Record<Name, Measured>
}

/** How long `act` takes. */
export async function timed(act: () => unknown): Promise<Sample> {
  const startedAt = performance.now()
  await act()
  return { ms: performance.now() - startedAt }
}

/** Times in milliseconds as a table has them. */
export const measuredOf = (timesMs: readonly number[]): Measured => summarise(timesMs.map((ms) => ({ ms })))

function summarise(samples: readonly Sample[]): Measured {
  const sorted = samples.map(({ ms }) => ms).sort((a, b) => a - b)
  const peaks = samples.flatMap(({ peakBytes }) => peakBytes ?? [])
  return {
    medianMs: (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2,
    fastestMs: sorted[0]!,
    slowestMs: sorted.at(-1)!,
    peakBytes: peaks.length === 0 ? undefined : Math.max(...peaks),
  }
}

/** Measurements as lines of a table, the columns aligned. */
export function tableOf(measured: Readonly<Record<string, Measured>>): string[] {
  const rows = Object.entries(measured).map(([name, { medianMs, fastestMs, slowestMs, peakBytes }]) => [
    name,
    milliseconds(medianMs),
    milliseconds(fastestMs),
    milliseconds(slowestMs),
    peakBytes === undefined ? '' : `${Math.round(peakBytes / 1024 ** 2)} MiB`,
  ])
  const all = [['', 'median', 'fastest', 'slowest', 'peak memory'], ...rows]
  const columns = all.some((row, at) => at > 0 && row[4] !== '') ? 5 : 4
  const widths = Array.from({ length: columns }, (_, at) => Math.max(...all.map((row) => row[at]!.length)))
  return all.map((row) =>
    widths.map((width, at) => (at === 0 ? row[at]!.padEnd(width) : row[at]!.padStart(width))).join('   '),
  )
}

const milliseconds = (ms: number): string => `${ms < 10 ? ms.toFixed(2) : ms < 100 ? ms.toFixed(1) : ms.toFixed(0)} ms`
