import jstat from 'jstat'

/**
 * McNemar's test, exact: the two-sided chance of a split of the discordant pairs at least this uneven when both sides
 * are as likely. Holds for any number of pairs, few above all, where the chi-squared form does not. 1 without pairs.
 */
export function mcnemarExact(onlyFirst: number, onlySecond: number): number {
  const pairs = onlyFirst + onlySecond
  const fewer = Math.min(onlyFirst, onlySecond)
  if (pairs === 0) return 1
  // P(X <= k) of a binomial with p = 1/2.
  return Math.min(1, 2 * jstat.jStat.ibeta(0.5, pairs - fewer, fewer + 1))
}

/** The fewest pairs, all to one side, that `mcnemarExact` finds at `level`: 6 at 0.05. */
export function leastDetectablePairs(level: number): number {
  let pairs = 1
  while (mcnemarExact(pairs, 0) >= level) pairs++
  return pairs
}
