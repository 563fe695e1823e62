import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { integerSetting } from '../learn/classifier.ts'
import type { Interval } from './intervals.ts'

/** How to draw again. */
export interface BootstrapOptions {
  readonly rowCount: number
  /** A 32-bit integer. The same seed gives the same interval. */
  readonly seed: number
  /** How often, 100 to 100,000; 1,000 by default. */
  readonly resamples?: number
}

/**
 * The 95 % percentile bootstrap interval of any metric (B. Efron and R. J. Tibshirani, An Introduction to the Bootstrap,
 * 1993, chapter 13): `statistic` is worked out on rows drawn with replacement, as many as there are, again and again; the
 * interval holds the middle 95 % of what it gave. A draw for which it answers `null` (such as an AUC of one class) does
 * not count. `null` where fewer than half of the draws count, or there are fewer than two rows.
 *
 * @example
 * const interval = bootstrapInterval(
 *   (rows) => averagePrecision(Array.from(rows, (row) => isPositive[row]!), Array.from(rows, (row) => scores[row]!)),
 *   { rowCount: isPositive.length, seed: 7 },
 * )
 */
export function bootstrapInterval(
  statistic: (rows: Int32Array) => number | null,
  options: BootstrapOptions,
): Interval | null {
  const { rowCount } = options
  const resamples = integerSetting('resamples', options.resamples ?? 1_000, [100, 100_000])
  const random = xoroshiro128plus(integerSetting('seed', options.seed, [-(2 ** 31), 2 ** 32 - 1]))
  random.jump()
  if (rowCount < 2) return null
  const found: number[] = []
  const rows = new Int32Array(rowCount)
  for (let draw = 0; draw < resamples; draw++) {
    for (let i = 0; i < rowCount; i++) rows[i] = uniformInt(random, 0, rowCount - 1)
    const value = statistic(rows)
    if (value !== null && !Number.isNaN(value)) found.push(value)
  }
  if (found.length < resamples / 2) return null
  found.sort((a, b) => a - b)
  return { low: quantile(found, 0.025), high: quantile(found, 0.975) }
}

function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1)
  const below = Math.floor(at)
  const above = sorted[Math.min(below + 1, sorted.length - 1)]!
  return sorted[below]! + (at - below) * (above - sorted[below]!)
}
