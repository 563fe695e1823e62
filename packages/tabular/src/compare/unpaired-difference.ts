import jstat from 'jstat'
import { type Interval, wilsonInterval, Z } from '../metrics/intervals.ts'

/** How many of some rows were right. */
export interface Share {
  readonly hits: number
  readonly of: number
}

/**
 * The interval of the difference of two shares on rows of their own, second less first: Newcombe's hybrid score interval
 * (R. G. Newcombe, Stat. Med. 17, 1998, p. 873, method 10). `null` where one of them is of nothing.
 */
export function unpairedDifference(first: Share, second: Share, z = Z): Interval | null {
  const [a, b] = [wilsonInterval(first.hits, first.of, z), wilsonInterval(second.hits, second.of, z)]
  if (!a || !b) return null
  const [from, to] = [first.hits / first.of, second.hits / second.of]
  const difference = to - from
  return {
    low: difference - Math.hypot(to - b.low, a.high - from),
    high: difference + Math.hypot(b.high - to, from - a.low),
  }
}

/**
 * Fisher's exact test of two shares on rows of their own: the two-sided chance, margins given, of a table that is no
 * more likely than this one.
 */
export function fisherExact(first: Share, second: Share): number {
  const hits = first.hits + second.hits
  const all = first.of + second.of
  const lowest = Math.max(0, hits - second.of)
  const highest = Math.min(first.of, hits)
  const logOf = (k: number) => logChoose(first.of, k) + logChoose(second.of, hits - k) - logChoose(all, hits)
  const observed = logOf(first.hits)
  let p = 0
  // Tables as likely as this one differ from it by rounding.
  for (let k = lowest; k <= highest; k++) {
    const each = logOf(k)
    if (each <= observed + 1e-7) p += Math.exp(each)
  }
  return Math.min(1, p)
}

const logChoose = (n: number, k: number) =>
  k === 0 || k === n ? 0 : jstat.jStat.gammaln(n + 1) - jstat.jStat.gammaln(k + 1) - jstat.jStat.gammaln(n - k + 1)
