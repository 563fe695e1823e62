import { type Measured, measuredOf } from './measure.ts'

/** Two that differ only in how much else they hold. */
export type FewAndMany<T> = { readonly few: T; readonly many: T }

/** Something to read from. */
export interface Source {
  /** Reads once, and answers how long each part of it took, in milliseconds. */
  readonly read: () => Promise<readonly number[]>
  readonly close: () => Promise<void>
}

/** The 95th percentile. */
const p95 = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.95)]!

/** Reads from both in turn, every other round from the many first, and closes them; what the first rounds took is left out. */
export async function readInTurn(
  sources: FewAndMany<Source>,
  { rounds, warmUp }: { rounds: number; warmUp: number },
): Promise<FewAndMany<readonly number[]>[]> {
  const times: FewAndMany<readonly number[]>[] = []
  for (let round = 0; round < rounds + warmUp; round++) {
    const took = { few: [] as readonly number[], many: [] as readonly number[] }
    for (const which of round % 2 === 0 ? (['few', 'many'] as const) : (['many', 'few'] as const))
      took[which] = await sources[which].read()
    if (round >= warmUp) times.push(took)
  }
  await sources.few.close()
  await sources.many.close()
  return times
}

/** The times of all rounds together: of every part, or of the one at a place. */
export const together = (rounds: readonly FewAndMany<readonly number[]>[], at?: number): FewAndMany<number[]> => {
  const of = (which: 'few' | 'many') => rounds.flatMap((each) => (at === undefined ? each[which] : [each[which][at]!]))
  return { few: of('few'), many: of('many') }
}

/** How much slower the slowest twentieth is among many. */
export const p95Ratio = ({ few, many }: FewAndMany<readonly number[]>): number => p95(many) / p95(few)

/** As `p95 3.40 ms to 3.00 ms`. */
export const p95sOf = ({ few, many }: FewAndMany<readonly number[]>): string =>
  `p95 ${p95(many).toFixed(2)} ms to ${p95(few).toFixed(2)} ms`

/** Both as a table has them. */
export const measuredBoth = (
  { few, many }: FewAndMany<readonly number[]>,
  names: FewAndMany<string>,
): Record<string, Measured> => ({ [names.many]: measuredOf(many), [names.few]: measuredOf(few) })
