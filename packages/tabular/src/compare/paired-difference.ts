import { type Interval, Z } from '../metrics/intervals.ts'

/** Pairs in which only one of two was right. */
export interface Discordant {
  readonly onlyFirst: number
  readonly onlySecond: number
  /** All pairs, the concordant too. */
  readonly pairs: number
}

/**
 * The interval of the difference of two shares on the same rows, second less first: Tango's asymptotic score
 * interval (T. Tango, Stat. Med. 17, 1998, p. 891), which M. W. Fagerland and others recommend (Stat. Med. 33, 2014) and which
 * has a width also when no pair is discordant. `null` of nothing.
 */
export function pairedDifference(counts: Discordant, z = Z): Interval | null {
  if (counts.pairs === 0) return null
  const observed = (counts.onlySecond - counts.onlyFirst) / counts.pairs
  return {
    low: edge(observed, -1, (delta) => score(counts, delta) <= z),
    high: edge(observed, 1, (delta) => score(counts, delta) >= -z),
  }
}

/** The outermost difference, from the observed one, that the score test does not reject. */
function edge(from: number, to: number, isInside: (delta: number) => boolean): number {
  let inside = from
  let outside = to
  if (isInside(outside)) return outside
  for (let step = 0; step < 60; step++) {
    const middle = (inside + outside) / 2
    if (isInside(middle)) inside = middle
    else outside = middle
  }
  return inside
}

/** The score statistic of a difference, with the discordant share that is most likely under it. */
function score({ onlyFirst, onlySecond, pairs }: Discordant, delta: number): number {
  const distance = onlySecond - onlyFirst - pairs * delta
  const b = -onlySecond - onlyFirst + (2 * pairs - onlySecond + onlyFirst) * delta
  const c = -onlyFirst * delta * (1 - delta)
  const likely = (Math.sqrt(Math.max(0, b * b - 8 * pairs * c)) - b) / (4 * pairs)
  const variance = pairs * (2 * likely + delta * (1 - delta))
  if (variance > 0) return distance / Math.sqrt(variance)
  return distance === 0 ? 0 : Math.sign(distance) * Number.POSITIVE_INFINITY
}
